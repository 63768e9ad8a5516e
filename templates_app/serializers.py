"""The shape of a template, as it is told and as it is sent."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exports.pipeline.datasets import DATASETS
from exports.serializers.answers import DetailSerializer, MomentField
from exports.serializers.requests import export_request
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


class TemplateListSerializer(serializers.Serializer[Any]):
    templates = TemplateSerializer(many=True)
    total_count = serializers.IntegerField()
    limit = serializers.IntegerField()
    offset = serializers.IntegerField()


class NewTemplateSerializer(serializers.Serializer[Any]):
    """Stands for a new template; ``drafts`` is what reads it."""


class WholeTemplateSerializer(serializers.Serializer[Any]):
    """Stands for all of a template that is there."""


class PartOfTemplateSerializer(serializers.Serializer[Any]):
    """Stands for some of a template that is there."""


class _NewShape(OpenApiSerializerExtension):  # type: ignore[no-untyped-call] # spectacular registers subclasses
    target_class = "templates_app.serializers.NewTemplateSerializer"

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        del auto_schema, direction
        return _shape(["business_id", "name", "type", "format"])


class _WholeShape(OpenApiSerializerExtension):  # type: ignore[no-untyped-call] # as above
    target_class = "templates_app.serializers.WholeTemplateSerializer"

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        del auto_schema, direction
        return _shape(["name", "type", "format"])


class _PartShape(OpenApiSerializerExtension):  # type: ignore[no-untyped-call] # as above
    target_class = "templates_app.serializers.PartOfTemplateSerializer"

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        del auto_schema, direction
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
        "id": {
            "anyOf": [
                {"type": "string", "pattern": "^[a-z0-9_-]{1,64}$"},
                {"type": "null"},
            ],
            "description": "Unique within the business; default: made of the name",
        },
        "business_id": of_export["business_id"],
        "name": {"type": "string", "minLength": 1, "maxLength": drafts.MAX_NAME},
        "description": {
            "anyOf": [
                {"type": "string", "maxLength": drafts.MAX_DESCRIPTION},
                {"type": "null"},
            ],
            "default": "",
        },
        "type": of_export["export_type"]
        | {"anyOf": [{"type": "string", "enum": list(DATASETS)}, {"type": "null"}]},
        **{name: of_export[name] for name in drafts.SPEC_FIELDS},
    }
    shape: dict[str, Any] = {
        "type": "object",
        "examples": [_EXAMPLE],
        "additionalProperties": False,
        "properties": properties,
    }
    return shape | ({"required": required} if required else {})
