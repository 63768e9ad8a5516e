"""Shapes that are told by a JSON Schema: what reads or writes them is no serializer."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers


class SchemaSerializer(serializers.Serializer[Any]):
    """Stands for such a shape in the document, under its own name."""

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
