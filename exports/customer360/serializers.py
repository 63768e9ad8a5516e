"""The shapes of the answers of ``/api/admin`` that are no files, for their document."""

from collections.abc import Sequence
from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter

from exports.serializers.shapes import SchemaSerializer
from exports.views.answers import TEXT, header

WHOLE: Final = {"type": "integer", "minimum": 0}
_DETAIL: Final = {
    "type": "object",
    "additionalProperties": False,
    "required": ["field", "message"],
    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
}


class StaffErrorSerializer(SchemaSerializer):
    """Stands for the shape of an error: ``retryAfter`` is no name of Python's."""

    @staticmethod
    def schema() -> dict[str, Any]:
        return {
            "type": "object",
            "description": "Every refusal and failure has this shape.",
            "additionalProperties": False,
            "required": ["error", "code", "details"],
            "properties": {
                "error": {"type": "string"},
                "code": {"type": "string"},
                "details": {"type": "array", "items": _DETAIL},
                "retryAfter": {
                    "type": "integer",
                    "minimum": 1,
                    "description": "Seconds, after which another try is worth it",
                },
            },
        }


CHALLENGE: Final = header("WWW-Authenticate", "How to sign in", 401)


def limit_headers(
    window: str, *, always: Sequence[int], at_times: Sequence[int]
) -> list[OpenApiParameter]:
    """:param always: statuses of answers that were counted.

    :param at_times: of those that some requests get before they are.
    """
    told = (
        ("X-RateLimit-Limit", f"Requests in {window}", WHOLE),
        ("X-RateLimit-Remaining", "What is left of them", WHOLE),
        (
            "X-RateLimit-Reset",
            "When the next one frees up",
            TEXT | {"format": "date-time"},
        ),
    )
    return [
        header(name, text, *statuses, schema=schema, always=statuses is always)
        for name, text, schema in told
        for statuses in (always, at_times)
    ]
