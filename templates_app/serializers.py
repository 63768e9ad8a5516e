"""The shape of a template, as it is told and as it is sent."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exports.pipeline.datasets import DATASETS
from exports.serializers.answers import DetailSerializer, MomentField
from exports.serializers.requests import export_request
from exports.serializers.shapes import PageSerializer, SchemaSerializer, or_null
from templates_app import drafts


@extend_schema_field(OpenApiTypes.ANY)
class _ColumnField(serializers.JSONField):
    """A name, or an object with name, label, transform."""


class TemplateSerializer(serializers.Serializer[Any]):
    """What it names may be gone: then it is not valid, and its problems say why."""

    id = serializers.CharField()
    business_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    type = serializers.CharField()
    format = serializers.CharField()
    columns = serializers.ListField(child=_ColumnField(), allow_null=True)
    filters = serializers.DictField()
    sort_by = serializers.ListField(child=serializers.CharField(), allow_null=True)
    sort_order = serializers.ChoiceField(["asc", "desc"])
    options = serializers.DictField()
    is_builtin = serializers.BooleanField()
    is_valid = serializers.BooleanField()  # type: ignore[assignment] # no method: a field
    problems = DetailSerializer(many=True)
    created_at = MomentField()
    updated_at = MomentField()


class TemplateListSerializer(PageSerializer):
    templates = TemplateSerializer(many=True)


class NewTemplateSerializer(SchemaSerializer):
    """Stands for a new template; ``drafts`` is what reads it."""

    @staticmethod
    def schema() -> dict[str, Any]:
        return _shape(["business_id", "name", "type", "format"])


class WholeTemplateSerializer(SchemaSerializer):
    """Stands for all of a template that is there."""

    @staticmethod
    def schema() -> dict[str, Any]:
        return _shape(["name", "type", "format"])


class PartOfTemplateSerializer(SchemaSerializer):
    """Stands for some of a template that is there."""

    @staticmethod
    def schema() -> dict[str, Any]:
        return _shape([])


_EXAMPLE: Final = {
    "business_id": "business_123",
    "name": "Completed ones",
    "type": "verifications",
    "format": "csv",
    "filters": {"status": "completed"},
}


def _shape(required: list[str]) -> dict[str, Any]:
    """JSON Schema, made of the one of an export."""
    of_export = export_request()["properties"]
    properties = {
        "id": or_null(
            {"type": "string", "pattern": "^[a-z0-9_-]{1,64}$"},
            description="Unique within the business; default: made of the name",
        ),
        "business_id": of_export["business_id"],
        "name": {"type": "string", "minLength": 1, "maxLength": drafts.MAX_NAME},
        "description": or_null(
            {"type": "string", "maxLength": drafts.MAX_DESCRIPTION}, default=""
        ),
        "type": of_export["export_type"]
        | or_null({"type": "string", "enum": list(DATASETS)}),
        **{name: of_export[name] for name in drafts.SPEC_FIELDS},
    }
    shape: dict[str, Any] = {
        "type": "object",
        "examples": [_EXAMPLE],
        "additionalProperties": False,
        "properties": properties,
    }
    return shape | ({"required": required} if required else {})
