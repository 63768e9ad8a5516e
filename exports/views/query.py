"""A custom query, looked at before it is exported."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers import audit
from exports import policy, preview
from exports.errors import Invalid
from exports.pipeline.problems import Problems
from exports.pipeline.query.parse import MAX_CHARACTERS
from exports.serializers.queries import QueryCheckSerializer, QuerySerializer
from exports.views.answers import caller, errors
from exports.views.base import ApiViewSet
from exports.views.parsers import no_unknown

_FIELDS: Final = ("business_id", "custom_query")


class QueryViewSet(ApiViewSet):
    @extend_schema(
        operation_id="query_check",
        summary="A custom query as it was understood, its columns, how many rows",
        description="Needs the scope custom_query. Nothing is stored and no row is"
        " read; the rows are counted, which is exact at this moment. A refusal says"
        " at which line and column, and why.",
        request=QuerySerializer,
        responses={
            200: QueryCheckSerializer,
            **errors(400, 403, 404, 413, 415, 500, 503),
        },
    )
    @action(detail=False, methods=["post"])
    def check(self, request: Request) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        business = policy.business_of(request.data, actor)
        grant = policy.granted(actor, "custom_query", business.id)
        text = _text(request.data)
        found = preview.check_query(text, business, clearance=grant.clearance)
        audit.record(
            "query.checked",
            actor=actor,
            business_id=business.id,
            object_type="business",
            object_id=business.id,
            details={"columns": len(found.columns), "rows": found.estimated_rows},
        )
        return Response(QueryCheckSerializer(found).data)


def _text(body: Any) -> str:
    """:raises Invalid: there is none, or something else beside it."""
    problems = Problems()
    for name in body:
        if name not in _FIELDS:
            problems.add(str(name)[:80], "is not a field here")
    problems.settle()
    text = body.get("custom_query")
    if not isinstance(text, str):
        message = "is required" if text is None else "must be a text"
        raise Invalid.field("custom_query", f"custom_query {message}")
    if not 1 <= len(text) <= MAX_CHARACTERS:
        message = f"custom_query must have 1 to {MAX_CHARACTERS} characters"
        raise Invalid.field("custom_query", message)
    return text
