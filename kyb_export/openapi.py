"""The OpenAPI document: how to sign in, and the headers that all calls share."""

from typing import Any, Final, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from exports.views.base import REPLAYED, ApiViewSet

_WHOLE: Final = {"type": "integer", "minimum": 0}
_KNOWN_CALLER: Final = [
    *(200, 201, 202, 204, 206, 304),
    *(400, 403, 404, 405, 409, 410, 413, 415, 416, 422, 429),
    *(500, 503),
]
"""The answers past authentication."""
_LIMITS: Final = [
    OpenApiParameter(
        name, _WHOLE, OpenApiParameter.HEADER, description=text, response=_KNOWN_CALLER
    )
    for name, text in (
        ("X-RateLimit-Limit", "Calls of this kind in any minute"),
        ("X-RateLimit-Remaining", "What is left of them"),
        ("X-RateLimit-Reset", "Epoch seconds at which the next one frees up"),
    )
]
_WAIT: Final = [
    OpenApiParameter(
        "Retry-After",
        _WHOLE,
        OpenApiParameter.HEADER,
        description="Seconds, after which a call is let through",
        response=[429, 503],
    )
]
_KEY: Final = [
    OpenApiParameter(
        "Idempotency-Key",
        {"type": "string", "pattern": "^[!-~]{1,255}$"},
        OpenApiParameter.HEADER,
        description="The same key and request within 24 hours: the first answer again",
    ),
    OpenApiParameter(
        REPLAYED,
        {"type": "string", "enum": ["true"]},
        OpenApiParameter.HEADER,
        description="This answer was given before",
        response=[status for status in _KNOWN_CALLER if status not in {429, 500, 503}],
    ),
]
_KEY_REFUSED: Final = {
    "409": "The first request with this Idempotency-Key still runs",
    "422": "The Idempotency-Key was used for another request",
}
_DEBUG: Final = [
    OpenApiParameter(
        "X-Debug",
        {"type": "string", "enum": ["true"]},
        OpenApiParameter.HEADER,
        description="Answer where the time went, too",
    )
]


class ApiSchema(AutoSchema):
    """Adds the headers that the base of all views reads and writes."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Every answer is an object: lists are inside, with their count."""
        del serializer
        return False

    def get_override_parameters(self) -> list[Any]:
        shared = list(super().get_override_parameters())
        if isinstance(self.view, ApiViewSet):
            shared += [*_LIMITS, *_WAIT]
            shared += _KEY if self._creates else []
            shared += _DEBUG if self.view.action in self.view.debugging else []
        return shared

    @property
    def _creates(self) -> bool:
        view = self.view
        return isinstance(view, ApiViewSet) and view.action in view.creating

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        """What a key may be answered with is the same everywhere."""
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if self._creates and "400" in bodies:
            for status, text in _KEY_REFUSED.items():
                bodies.setdefault(status, bodies["400"] | {"description": text})
        return dict(sorted(bodies.items()))


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # spectacular registers subclasses
    target_class = "customers.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        del auto_schema
        return {"type": "http", "scheme": "bearer", "description": "An API key"}


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
