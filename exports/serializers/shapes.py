"""Shapes that many share: a page of a list, and what a JSON Schema tells of."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers


# No docstring: the document would take it for the description of every list.
class PageSerializer(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        """Behind the rows, whose name each list gives itself."""
        names = ("total_count", "limit", "offset")
        return super().get_fields() | {
            name: serializers.IntegerField() for name in names
        }


class SchemaSerializer(serializers.Serializer[Any]):
    """Stands in the document for what no serializer reads or writes."""

    @staticmethod
    def schema() -> dict[str, Any]:
        raise NotImplementedError


class _Schema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call] # spectacular registers subclasses
    target_class = SchemaSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        del auto_schema, direction
        schema: dict[str, Any] = self.target.schema()
        return schema


def closed(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An object of these fields and no others."""
    shape = {"type": "object", "additionalProperties": False, "properties": properties}
    return shape | more


def or_null(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]} | more
