"""The shape of a template."""

from typing import Any

from rest_framework import serializers

from exports.pipeline.datasets import DATASETS
from exports.pipeline.renderers import RENDERERS


class TemplateSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    business_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    description = serializers.CharField()
    type = serializers.ChoiceField(list(DATASETS))
    format = serializers.ChoiceField(list(RENDERERS))
    columns = serializers.ListField(child=serializers.CharField())
    filters = serializers.DictField()
    sort_by = serializers.ListField(child=serializers.CharField())
    sort_order = serializers.ChoiceField(["asc", "desc"])
    options = serializers.DictField()
    is_builtin = serializers.BooleanField()
    created_at = serializers.CharField()
    updated_at = serializers.CharField()


class TemplateListSerializer(serializers.Serializer[Any]):
    templates = TemplateSerializer(many=True)
    total_count = serializers.IntegerField()
    limit = serializers.IntegerField()
    offset = serializers.IntegerField()
