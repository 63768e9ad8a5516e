"""The shape of an export request, made of the same table that checks it."""

from typing import Any, Final

from exports.conf import knob
from exports.pipeline import receivers
from exports.pipeline.datasets import DATASETS, custom
from exports.pipeline.fields import FIELDS, Field
from exports.pipeline.ranges import RELATIVE
from exports.pipeline.renderers import ALIASES, RENDERERS
from exports.serializers.shapes import SchemaSerializer, closed

_JSON_TYPES: Final = {
    str: "string",
    bool: "boolean",
    int: "integer",
    dict: "object",
    list: "array",
}
_EXAMPLE: Final = {
    "business_id": "business_123",
    "export_type": "verifications",
    "format": "csv",
    "filters": {"status": "completed"},
}
_OF_A_DATASET: Final = {
    "export_type": {"not": {"const": custom.NAME}},
    "custom_query": {"type": "null"},
}
_OF_A_QUERY: Final = {
    "export_type": {"const": custom.NAME},
    "custom_query": {"type": "string"},
}


class ExportSpecSerializer(SchemaSerializer):
    """Stands for the body of an export; ``ExportSpec`` is what reads it."""

    @staticmethod
    def schema() -> dict[str, Any]:
        return export_request()


class RetrySerializer(SchemaSerializer):
    """Stands for the body of a retry."""

    @staticmethod
    def schema() -> dict[str, Any]:
        return closed({"password": export_request()["properties"]["password"]})


def export_request() -> dict[str, Any]:
    """JSON Schema of the body of an export."""
    properties = {name: _property(name, declared) for name, declared in FIELDS.items()}
    required = ["business_id"]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "examples": [_EXAMPLE],
        "description": "export_type and format are required unless template_id is"
        " given.",
        "properties": properties,
        "anyOf": [
            {"required": ["export_type", "format"], "properties": _OF_A_DATASET},
            {"required": ["template_id"], "properties": _OF_A_DATASET},
            {"required": ["export_type", "custom_query"], "properties": _OF_A_QUERY},
        ],
    }


def _property(name: str, declared: Field) -> dict[str, Any]:
    # A bool or an enum, and null: each its own alternative, so that clients can tell.
    options = [_alternative(kind, declared) | _special(name) for kind in declared.kinds]
    if not declared.required:
        options.append({"type": "null"})
    schema: dict[str, Any] = {"anyOf": options, "description": declared.help}
    if declared.default is not None:
        schema["default"] = declared.default
    return schema


def _alternative(kind: type, declared: Field) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _JSON_TYPES[kind]}
    if kind is str and declared.choices:
        schema["enum"] = list(declared.choices)
    elif kind is str:
        schema |= {"minLength": declared.min_length, "maxLength": declared.max_length}
    if kind is int:
        schema |= {"minimum": declared.minimum, "maximum": declared.maximum}
    return schema


def _special(name: str) -> dict[str, Any]:
    """What a field is beyond its kind."""
    special: dict[str, dict[str, Any]] = {
        "business_id": {
            "pattern": "^[a-z0-9_-]{1,64}$",
            "examples": ["business_123"],
        },
        "export_type": {"enum": [*DATASETS, custom.NAME]},
        "custom_query": {"examples": ["SELECT id, status FROM verifications"]},
        "format": {"enum": [*RENDERERS, *ALIASES]},
        "template_id": {"examples": ["verifications_csv"]},
        "password": {"format": "password", "writeOnly": True},
        "max_rows": {"maximum": int(knob("MAX_ROWS"))},
        "filters": {
            "properties": {"date_range": {"enum": list(RELATIVE)}},
            "examples": [{"status": "completed", "date_range": "last_30_days"}],
        },
        "time_range": {
            "additionalProperties": False,
            "minProperties": 1,
            "properties": {"start": _MOMENT, "end": _MOMENT},
        },
        "notify": {
            "additionalProperties": False,
            "properties": {
                "email": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": receivers.MOST,
                    "items": _RECEIVER,
                }
            },
            "examples": [{"email": ["ops@example.com"]}],
        },
        "destinations": {
            "maxItems": receivers.MOST,
            "items": {"type": "string", "pattern": "^dst_[0-9A-HJKMNP-TV-Z]{26}$"},
        },
        "columns": {"minItems": 1, "maxItems": 100, "items": _COLUMN},
        "sort_by": {"maxItems": 10, "items": {"type": "string"}},
    }
    return special.get(name, {})


_RECEIVER: Final = {
    "anyOf": [
        {"type": "string", "format": "email"},
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["address"],
            "properties": {
                "address": {"type": "string", "format": "email"},
                "language": {"type": "string", "enum": list(receivers.LANGUAGES)},
            },
        },
    ]
}
_MOMENT: Final = {"type": ["string", "null"], "format": "date-time"}
_COLUMN: Final = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "label": {"type": "string", "minLength": 1, "maxLength": 200},
                "transform": {
                    "type": "string",
                    "description": "upper, lower, trim, truncate:N, network,"
                    " round:N, date:FORMAT, timezone:ZONE, map:{...}, default:V,"
                    " mask, hash",
                },
            },
        },
    ]
}
