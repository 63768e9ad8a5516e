"""Any exception as the one shape of an error; nothing of the inside shows in it.

With ``Accept: application/problem+json`` it is RFC 9457's shape.
"""

import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from django.contrib.admin import site
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext
from rest_framework import exceptions
from rest_framework.response import Response

from customers import security
from customers.actors import Actor
from customers.redaction import redacted
from exports.admin import refusals
from exports.errors import (
    CODES,
    Detail,
    ExportError,
    FileDamaged,
    RateLimited,
    Unavailable,
)
from exports.pipeline.moments import utc_text

logger = logging.getLogger(__name__)

PROBLEM: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong, before it has a shape."""

    status: int
    code: str
    message: str
    details: list[Detail] = field(default_factory=list)

    def plain(self, request: Any) -> dict[str, Any]:
        return {
            "error": {
                "code": self.code,
                "message": redacted(self.message),
                "details": redacted(self.details),
            },
            "request_id": _request_id(request),
            "timestamp": utc_text(timezone.now()),
        }

    def problem(self, request: Any) -> dict[str, Any]:
        return {
            "type": f"urn:kyb-export:error:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": redacted(self.message),
            "instance": f"urn:kyb-export:request:{_request_id(request)}",
            "code": self.code,
            "details": redacted(self.details),
            "timestamp": utc_text(timezone.now()),
        }

    def response(self, request: Any, headers: dict[str, str] | None = None) -> Response:
        """Of a view of REST framework."""
        if wants_problem(request):
            content = self.problem(request)
            return Response(
                content, status=self.status, headers=headers, content_type=PROBLEM
            )
        return Response(self.plain(request), status=self.status, headers=headers)

    def page(self, request: HttpRequest) -> JsonResponse:
        """Outside of any view."""
        if wants_problem(request):
            content = self.problem(request)
            return JsonResponse(content, status=self.status, content_type=PROBLEM)
        return JsonResponse(self.plain(request), status=self.status)


def wants_problem(request: Any) -> bool:
    """Accept names the type itself, and does not refuse it."""
    accepted = request.headers.get("Accept", "") if request is not None else ""
    for item in accepted.split(","):
        kind, parameters = parse_header_parameters(item)
        if kind == PROBLEM:
            return parameters.get("q", "1").strip("0. ") != ""
    return False


def _request_id(request: Any) -> str:
    return str(getattr(request, "request_id", ""))


_BROKE: Final = "the service failed; the request id finds the reason in its log"
_KNOWN: Final[dict[type[Exception], tuple[int, str]]] = {
    Http404: (404, "there is nothing here"),
    PermissionDenied: (403, "this is not allowed"),
    RequestDataTooBig: (413, "the body is larger than 1 MiB"),
    BadRequest: (400, "the request is not well-formed"),
    # As of a query of more than a thousand parameters.
    SuspiciousOperation: (400, "the request is not well-formed"),
}


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """REST framework's exception handler."""
    request = context.get("request")
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        _tell(request)
    if isinstance(error, ExportError):
        return _answer(request, error)
    if isinstance(error, exceptions.APIException):
        return _framework(request, error)
    if isinstance(error, OperationalError | InterfaceError):
        logger.error("the database is away", exc_info=error)
        # Who asks is in the database, too: no language but the programs'.
        return _said(request, Unavailable("the database is away: try again"))
    for kind, (status, message) in _KNOWN.items():
        if isinstance(error, kind):
            return Fault(status, CODES[status], message).response(request)
    logger.error("unforeseen error", exc_info=error)
    return Fault(500, "EXPORT_ERROR", _BROKE).response(request)


def _tell(request: Any) -> None:
    actor = getattr(request, "auth", None)
    known = actor if isinstance(actor, Actor) else None
    security.refused("permission_refused", actor=known)


def _answer(request: Any, error: ExportError) -> Response:
    if isinstance(error, FileDamaged):
        logger.error("a stored file is damaged: %s", error.message)
    with translation.override(_language(request)):
        return _said(request, error)


def _said(request: Any, error: ExportError) -> Response:
    headers = {"Retry-After": "5"} if error.retryable else {}
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after)
    message = refusals.told(error.message)
    details = refusals.told_all(error.details)
    fault = Fault(error.http_status, error.code, message, details)
    return fault.response(request, headers)


def _language(request: Any) -> str:
    """English for programs; who is signed in to the admin reads it in a browser."""
    actor = getattr(request, "auth", None)
    if not isinstance(actor, Actor) or actor.kind != "staff":
        return "en"
    return translation.get_language_from_request(request)


def _framework(request: Any, error: exceptions.APIException) -> Response:
    status = error.status_code
    if isinstance(error, exceptions.NotAuthenticated):
        error.detail = exceptions.ErrorDetail(
            "an API key is needed: Authorization: Bearer <key>"
        )
    details = error.detail
    message = str(details.get("detail")) if isinstance(details, dict) else str(details)
    headers = {}
    challenge = getattr(error, "auth_header", None)
    if challenge:
        headers["WWW-Authenticate"] = challenge
    wait = getattr(error, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(int(wait))
    fault = Fault(status, CODES.get(status, "EXPORT_ERROR"), message)
    return fault.response(request, headers)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    del exception
    if _is_at_admin(request):
        return _told(request, 404, gettext("There is no such page."))
    return Fault(404, "NOT_FOUND", "there is nothing at this address").page(request)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    del exception
    if _is_at_admin(request):
        return _told(request, 403, gettext("Your role does not allow this."))
    return Fault(403, "FORBIDDEN", "this is not allowed").page(request)


def _is_at_admin(request: HttpRequest) -> bool:
    """A person who is signed in, and whose browser wants a page."""
    user = getattr(request, "user", None)
    is_page = request.path_info.startswith("/admin/") and request.accepts("text/html")
    return is_page and user is not None and user.is_active and user.is_staff


def _told(request: HttpRequest, status: int, told: str) -> HttpResponse:
    context = {**site.each_context(request), "title": told, "told": told}
    template = "customers/admin/refused.html"
    return TemplateResponse(request, template, context, status=status).render()


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    del exception
    message = "the request is not well-formed"
    return Fault(400, "VALIDATION_ERROR", message).page(request)


def server_error(request: HttpRequest) -> JsonResponse:
    return Fault(500, "EXPORT_ERROR", _BROKE).page(request)
