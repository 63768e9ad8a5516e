"""Any exception as the one shape of an error; nothing of the inside shows in it."""

import logging
from typing import Any, Final

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.response import Response

from exports.errors import Detail, ExportError, FileDamaged

logger = logging.getLogger(__name__)

_CODES: Final[dict[int, str]] = {
    400: "VALIDATION_ERROR",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "VALIDATION_ERROR",
    413: "REQUEST_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RATE_LIMIT_EXCEEDED",
    503: "SERVICE_UNAVAILABLE",
}


def body(
    request: Any, code: str, message: str, details: list[Detail] | None = None
) -> dict[str, Any]:
    return {
        "error": {"code": code, "message": message, "details": details or []},
        "request_id": str(getattr(request, "request_id", "")),
        "timestamp": timezone.now().isoformat(timespec="microseconds"),
    }


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """REST framework's exception handler."""
    request = context.get("request")
    if isinstance(error, ExportError):
        return _answer(request, error)
    if isinstance(error, exceptions.APIException):
        return _framework(request, error)
    known: dict[type[Exception], tuple[int, str]] = {
        Http404: (404, "there is nothing here"),
        PermissionDenied: (403, "this is not allowed"),
        RequestDataTooBig: (413, "the body is larger than 1 MiB"),
        BadRequest: (400, "the request is not well-formed"),
    }
    for kind, (status, message) in known.items():
        if isinstance(error, kind):
            return Response(body(request, _CODES[status], message), status=status)
    logger.error("unforeseen error", exc_info=error)
    return Response(body(request, "EXPORT_ERROR", _BROKE), status=500)


_BROKE: Final = "the service failed; the request id finds the reason in its log"


def _answer(request: Any, error: ExportError) -> Response:
    if isinstance(error, FileDamaged):
        logger.error("a stored file is damaged: %s", error.message)
    content = body(request, error.code, error.message, error.details)
    headers = {"Retry-After": "5"} if error.retryable else None
    return Response(content, status=error.http_status, headers=headers)


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
    content = body(request, _CODES.get(status, "EXPORT_ERROR"), message)
    return Response(content, status=status, headers=headers)


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    del exception
    content = body(request, "NOT_FOUND", "there is nothing at this address")
    return JsonResponse(content, status=404)


def forbidden(request: HttpRequest, exception: Exception) -> JsonResponse:
    del exception
    return JsonResponse(body(request, "FORBIDDEN", "this is not allowed"), status=403)


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    del exception
    content = body(request, "VALIDATION_ERROR", "the request is not well-formed")
    return JsonResponse(content, status=400)


def server_error(request: HttpRequest) -> JsonResponse:
    return JsonResponse(body(request, "EXPORT_ERROR", _BROKE), status=500)
