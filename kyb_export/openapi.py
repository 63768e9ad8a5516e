"""The OpenAPI document: how to sign in, and the headers that all calls share."""

from typing import Any, Final, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import AllowAny

from exports.views.answers import TEXT, header
from exports.views.base import ApiViewSet
from exports.views.replays import REPLAYED, ReplayingView
from kyb_export.openapi_links import LINKS

_WHOLE: Final = {"type": "integer", "minimum": 0}
_KNOWN_CALLER: Final = [
    *(200, 201, 202, 204, 206, 304),
    *(400, 403, 404, 405, 409, 410, 413, 415, 416, 422, 429),
    *(500, 503),
]
"""The answers past authentication."""
_UNCOUNTED: Final = {403, 413, 500, 503}
"""Those that may also be given before a call is counted: a session without its CSRF
token, a form that is too large, a database that is away."""
_FILE: Final = (200, 206, 304, 416)


_REQUEST_ID: Final = OpenApiParameter(
    "X-Request-ID",
    TEXT,
    OpenApiParameter.HEADER,
    description="Of this request: the caller's own when well-formed",
    required=True,
    response=True,
)
_CHALLENGE: Final = header("WWW-Authenticate", "How to sign in", 401)


def _limits(*statuses: int, always: bool) -> list[OpenApiParameter]:
    # A header of no answer would stand in the document as one of the request.
    if not statuses:
        return []
    return [
        header(name, text, *statuses, schema=_WHOLE, always=always)
        for name, text in (
            ("X-RateLimit-Limit", "Calls of this kind in any minute"),
            ("X-RateLimit-Remaining", "What is left of them"),
            ("X-RateLimit-Reset", "Epoch seconds at which the next one frees up"),
        )
    ]


_WAIT: Final = [
    header(
        "Retry-After",
        "Seconds, after which a call is let through",
        *(429, 503),
        schema=_WHOLE,
    )
]
_KEY: Final = [
    OpenApiParameter(
        "Idempotency-Key",
        {"type": "string", "pattern": "^[!-~]{1,255}$"},
        OpenApiParameter.HEADER,
        description="The same key and request within 24 hours: the first answer again",
    ),
    header(
        REPLAYED,
        "This answer was given before",
        *(status for status in _KNOWN_CALLER if status not in {429, 500, 503}),
        schema={"type": "string", "enum": ["true"]},
        always=False,
    ),
]
_KEY_REFUSED: Final = {
    "409": "The first request with this Idempotency-Key still runs",
    "422": "The Idempotency-Key was used for another request",
}
_DEBUG: Final = [
    OpenApiParameter(
        "X-Debug",
        TEXT,
        OpenApiParameter.HEADER,
        description="true: answer where the time went, too",
    )
]
_ACCEPTED: Final = [
    header("Location", "What was made", 202),
    header("Retry-After", "Seconds, after which to look", 202, schema=_WHOLE),
]
_PAGES: Final = header("Link", "The next page and the one before", 200, always=False)
_NAME: Final = "The name to keep the file under, as RFC 6266 writes it"
_HEADERS: Final[dict[str, list[OpenApiParameter]]] = {
    "export_now": [
        header("X-Export-ID", "With delivery inline", 200, always=False),
        header("Content-Disposition", _NAME, 200, always=False),
    ],
    "job_create": _ACCEPTED,
    "job_retry": [*_ACCEPTED, header("Link", "The old job", 202)],
    "batch_create": _ACCEPTED,
    "destination_create": [header("Location", "What was made", 201)],
    "destination_list": [_PAGES],
    "destination_delivery_list": [_PAGES],
    "destination_delivery_redeliver": _ACCEPTED,
    "webhook_create": [header("Location", "What was made", 201)],
    "webhook_list": [_PAGES],
    "webhook_test": _ACCEPTED,
    "delivery_list": [_PAGES],
    "delivery_redeliver": _ACCEPTED,
    "template_create": [header("Location", "What was made", 201)],
    "template_list": [_PAGES],
    "schedule_create": [header("Location", "What was made", 201)],
    "schedule_run": _ACCEPTED,
    "schedule_list": [_PAGES],
    "schedule_runs": [_PAGES],
    "job_list": [_PAGES],
    "audit_list": [_PAGES],
    "file_read": [
        header("ETag", "The sha256 of the file, in quotes", *_FILE),
        header("Repr-Digest", "The same, as RFC 9530 writes it", *_FILE),
        header("Accept-Ranges", "bytes", *_FILE),
        header("Content-Disposition", _NAME, *_FILE),
        header("Content-Range", "Which bytes, of how many", 206, 416),
    ],
    "batch_file": [header("Content-Disposition", _NAME, 200)],
}
"""What an operation's answers carry, by its id."""


class ApiSchema(AutoSchema):
    """Adds the headers that the base of all views reads and writes."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Every answer is an object: lists are inside, with their count."""
        del serializer
        return False

    def get_override_parameters(self) -> list[Any]:
        shared = [*super().get_override_parameters(), _REQUEST_ID]
        if isinstance(self.view, ApiViewSet):
            shared += [*self._counted, _CHALLENGE, *_WAIT]
        shared += _KEY if self._creates else []
        if isinstance(self.view, ApiViewSet):
            shared += _DEBUG if self.view.action in self.view.debugging else []
            shared += _HEADERS.get(self.get_operation_id(), [])
        return shared

    def _get_parameters(self) -> list[dict[str, Any]]:
        """No text of a query may hold a NUL: no database keeps one."""
        parameters: list[dict[str, Any]] = super()._get_parameters()
        for parameter in parameters:
            if parameter["in"] == "query" and parameter["schema"] == TEXT:
                parameter["schema"] = {**TEXT, "pattern": "^[^\\x00]*$"}
        return parameters

    @property
    def _counted(self) -> list[OpenApiParameter]:
        """A signed link counts once it was found genuine, a key from the start."""
        by_link = AllowAny in self.view.permission_classes
        sure = [] if by_link else [s for s in _KNOWN_CALLER if s not in _UNCOUNTED]
        rest = [status for status in _KNOWN_CALLER if status not in sure]
        return [*_limits(*sure, always=True), *_limits(*rest, always=False)]

    @property
    def _creates(self) -> bool:
        view = self.view
        return isinstance(view, ReplayingView) and view.takes_key(self.method)

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        """What a key may be answered with is the same everywhere."""
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if self._creates and "400" in bodies:
            for status, text in _KEY_REFUSED.items():
                bodies.setdefault(status, bodies["400"] | {"description": text})
        for status, links in LINKS.get(self.get_operation_id(), {}).items():
            bodies[status]["links"] = links
        return dict(sorted(bodies.items()))


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # spectacular registers subclasses
    target_class = "customers.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        del auto_schema
        return {"type": "http", "scheme": "bearer", "description": "An API key"}


class StaffTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # spectacular registers subclasses
    target_class = "customers.authentication.StaffTokenAuthentication"
    name = "staffToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        del auto_schema
        return {"type": "http", "scheme": "bearer", "description": "A staff token"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # spectacular registers subclasses
    target_class = "customers.authentication.StaffSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        del auto_schema
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The admin's session; what writes needs its CSRF token",
        }
