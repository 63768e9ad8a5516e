"""Any exception as the error shape of ``/api/admin``; nothing of the inside shows."""

import logging
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils import translation
from drf_spectacular.utils import OpenApiResponse
from rest_framework import exceptions
from rest_framework.response import Response

from customers import security
from customers.actors import Actor
from customers.authentication import is_session
from customers.redaction import redacted
from exports.admin import refusals
from exports.customer360 import language
from exports.customer360.serializers import StaffErrorSerializer
from exports.errors import (
    CODES,
    Detail,
    ExportError,
    Forbidden,
    Invalid,
    RateLimited,
    Unavailable,
)

logger = logging.getLogger(__name__)

_FAILED: Final = "EXPORT_GENERATION_FAILED"
_BROKE: Final = "The export failed; the request id finds the reason in the log"
_KNOWN: Final[dict[type[Exception], tuple[int, str]]] = {
    Http404: (404, "There is nothing here"),
    PermissionDenied: (403, "This is not allowed"),
    RequestDataTooBig: (413, "The body is larger than 1 MiB"),
    # As of a query of more than a thousand parameters.
    SuspiciousOperation: (400, "The request is not well-formed"),
}
_TEXTS: Final = {
    400: "Something is wrong with the request, or this installation lacks the format",
    401: "No session and no staff token, or one that is not valid",
    403: "The account may not export these customers",
    404: "There is no such thing, or it is not of a business of theirs",
    405: "The address does not take this method",
    409: "Its state does not allow it",
    413: "The request, or the export, is too large",
    415: "Only application/json is read",
    422: "The Idempotency-Key was used for another request",
    429: "Too many requests from this address; retryAfter says when to come back",
    500: "The export failed; the request id finds the reason in the log",
    503: "Worth another try, after retryAfter seconds",
}


class UnsupportedFormat(Exception):
    """A known format whose libraries or fonts are not here; its text is for all."""


@dataclass(frozen=True, slots=True)
class Fault:
    """:ivar retry_after: seconds; None: another try would be no better."""

    status: int
    code: str
    message: str
    details: list[Detail] = field(default_factory=list)
    retry_after: int | None = None
    challenge: str | None = None

    def response(self) -> Response:
        told: dict[str, Any] = {
            "error": redacted(self.message),
            "code": self.code,
            "details": redacted(self.details),
        }
        headers = {}
        if self.retry_after is not None:
            told["retryAfter"] = self.retry_after
            headers["Retry-After"] = str(self.retry_after)
        if self.challenge:
            headers["WWW-Authenticate"] = self.challenge
        return Response(told, status=self.status, headers=headers)


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """REST framework's exception handler, for the views of ``/api/admin``."""
    request: Any = context.get("request")
    fault = fault_of(error)
    if fault.status == 403:
        actor = getattr(request, "auth", None)
        known = actor if isinstance(actor, Actor) else None
        security.refused("permission_refused", actor=known)
    if is_session(request):
        with translation.override(language.of_asker(request)):
            fault = _for_people(fault, error)
    return fault.response()


def _for_people(fault: Fault, error: Exception) -> Fault:
    """In the language of whoever is at the admin, as far as there are words for it."""
    known = error.details if isinstance(error, Invalid) else []
    details = refusals.told_all(known)
    if details == known:
        return replace(fault, message=refusals.told(fault.message))
    message = "; ".join(each["message"] for each in details)
    return replace(fault, message=message, details=details)


def fault_of(error: Exception) -> Fault:
    if isinstance(error, ExportError):
        return _own(error)
    if isinstance(error, UnsupportedFormat):
        return Fault(400, "UNSUPPORTED_FORMAT", str(error))
    if isinstance(error, exceptions.APIException):
        return _framework(error)
    if isinstance(error, OperationalError | InterfaceError):
        logger.error("the database is away", exc_info=error)
        return _own(Unavailable("The database is away: try again"))
    for kind, (status, message) in _KNOWN.items():
        if isinstance(error, kind):
            return Fault(status, CODES[status], message)
    logger.error("unforeseen error", exc_info=error)
    return Fault(500, _FAILED, _BROKE)


def _own(error: ExportError) -> Fault:
    code = error.code if error.http_status < 500 or error.retryable else _FAILED
    if code == _FAILED:
        logger.error("a customer-360 export failed: %s", error.message, exc_info=error)
    wait = 5 if error.retryable else None
    if isinstance(error, RateLimited):
        wait = error.retry_after
    message, details = error.message, error.details
    if isinstance(error, Invalid):
        details = [_short(each) for each in details]
        told = "; ".join(f"{each['field']}: {each['message']}" for each in details)
        message = f"Invalid request parameters: {told}"
    return Fault(error.http_status, code, message, details, wait)


def _short(detail: Detail) -> Detail:
    """The message without the name of its field, which stands beside it."""
    name = detail["field"]
    return {"field": name, "message": detail["message"].removeprefix(f"{name} ")}


def _framework(error: exceptions.APIException) -> Fault:
    status = error.status_code
    detail = error.detail
    message = str(detail.get("detail")) if isinstance(detail, dict) else str(detail)
    if isinstance(error, exceptions.NotAuthenticated):
        message = "Sign in, or send Authorization: Bearer <staff token>"
    return Fault(
        status,
        CODES.get(status, _FAILED),
        message,
        challenge=getattr(error, "auth_header", None),
    )


def no_permission(name: str) -> Forbidden:
    return Forbidden(f"this needs the permission {name}")


def errors(*statuses: int) -> dict[Any, Any]:
    """For the document: those of a call for staff; and any call may fail."""
    return {
        status: OpenApiResponse(StaffErrorSerializer, _TEXTS[status])
        for status in sorted({401, 500, 503, *statuses})
    }
