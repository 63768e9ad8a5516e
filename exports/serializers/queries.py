"""The shapes of a custom query's check."""

from typing import Any

from rest_framework import serializers

from customers.clearance import Clearance
from exports.pipeline.datasets.base import Column
from exports.pipeline.query.parse import MAX_CHARACTERS
from exports.preview import QueryCheck


class QuerySerializer(serializers.Serializer[Any]):
    business_id = serializers.RegexField("^[a-z0-9_-]{1,64}$")
    custom_query = serializers.CharField(max_length=MAX_CHARACTERS)


class QueryColumnSerializer(serializers.Serializer[Column]):
    name = serializers.CharField()
    type = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        """``class`` is no name that a class can give."""
        labels = [each.label for each in Clearance]
        own = {"class": serializers.ChoiceField(labels, source="clearance.label")}
        return super().get_fields() | own


class QueryCheckSerializer(serializers.Serializer[QueryCheck]):
    sql = serializers.CharField()
    columns = QueryColumnSerializer(many=True)
    estimated_rows = serializers.IntegerField(min_value=0)
