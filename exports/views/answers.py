"""Who asks, and the answers that every endpoint may give, for the document."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_202_ACCEPTED

from customers.actors import Actor
from exports.serializers.answers import ErrorSerializer, ProblemSerializer


def caller(request: Request | HttpRequest) -> Actor:
    """The acting user, as authentication found it."""
    actor = getattr(request, "auth", None)
    if not isinstance(actor, Actor):
        raise TypeError("the view lets in requests without an actor")
    return actor


def created(data: Any, *, address: str) -> Response:
    headers = {"Location": address}
    return Response(data, status=HTTP_201_CREATED, headers=headers)


def accepted(data: Any, headers: Mapping[str, str]) -> Response:
    """It is on its way: whoever asks again does so in a second."""
    headers = {"Retry-After": "1", **headers}
    return Response(data, status=HTTP_202_ACCEPTED, headers=headers)


class AnyAccept(DefaultContentNegotiation):
    """Accept chooses nothing: answers are JSON, and a file is what it is.

    Who asks for a file as text/csv is not refused for it.
    """

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002 -- the hook
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,  # noqa: ARG002 -- the hook
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


# Of files; the renderers know theirs, but are loaded only when one is used.
FILE_TYPES: Final = (
    "text/csv",
    "text/tab-separated-values",
    "application/json",
    "application/x-ndjson",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/pdf",
    "application/xml",
    "application/yaml",
    "application/vnd.apache.parquet",
    "application/gzip",
    "application/zip",
    "application/zstd",
)
_ERRORS: Final = {
    400: "Something is wrong with the request; details name each field",
    401: "No API key, or one that is not valid",
    403: "The key may not do this",
    404: "There is no such thing, or it is not yours",
    409: "Its state does not allow it",
    410: "The file has expired or was deleted",
    413: "The request, or the export, is too large",
    415: "Only application/json is read",
    422: "The Idempotency-Key was used for another request",
    429: "Too many calls in the last minute; Retry-After says when to come back",
    500: "The service failed; the request id finds the reason in its log",
    503: "Worth another try, after so many seconds as Retry-After says",
}


TEXT: Final = {"type": "string"}


def header(
    name: str, text: str, *statuses: int, schema: Any = TEXT, always: bool = True
) -> OpenApiParameter:
    """:param statuses: of the answers that have it."""
    return OpenApiParameter(
        name,
        schema,
        OpenApiParameter.HEADER,
        description=text,
        required=always,
        response=list(statuses),
    )


def a_file(*statuses: int) -> dict[Any, Any]:
    """The answer is a file, of the type that its format and compression have."""
    # No type: readers of JSON and YAML see values where others see bytes.
    file = OpenApiResponse({"description": "The bytes of the file"}, "The file")
    return {(status, kind): file for status in statuses for kind in FILE_TYPES}


def errors(*statuses: int) -> dict[Any, Any]:
    """Those of a call that needs a key; and any call may fail, or find no database."""
    return refusals(401, 429, 500, 503, *statuses)


def refusals(*statuses: int) -> dict[Any, Any]:
    """Each as JSON, or as RFC 9457 has it when Accept asks for that."""
    kinds = {
        "application/json": ErrorSerializer,
        "application/problem+json": ProblemSerializer,
    }
    return {
        (status, kind): OpenApiResponse(shape, _ERRORS[status])
        for status in sorted(set(statuses))
        for kind, shape in kinds.items()
    }
