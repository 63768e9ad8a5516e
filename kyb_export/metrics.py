"""Every answer is counted; and the address at which Prometheus reads the figures."""

from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import permissions, views
from rest_framework.authentication import get_authorization_header
from rest_framework.request import Request

from customers.addresses import parse
from exports import health, metrics
from exports.errors import NotFound
from exports.throttles import BY_ADDRESS, KINDS
from exports.views.answers import AnyAccept, refusals
from exports.views.parsers import no_unknown
from kyb_export.routes import route_of

_SIGN_IN: Final = "sign_in"
_NO_ROUTE: Final = "(none)"
_LINKED: Final = ("file-detail", "file-manifest")
# What every release of Prometheus reads.
_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
# Who names one of these forwards what somebody else asks for.
_FORWARDING: Final = (
    "HTTP_FORWARDED",
    "HTTP_VIA",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_REAL_IP",
)


class MetricsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        metrics.begin((*KINDS, *BY_ADDRESS, _SIGN_IN))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        response = self._get_response(request)
        metrics.request_answered(
            request.method,
            route=route_of(request) or _NO_ROUTE,
            status=response.status_code,
            seconds=perf_counter() - began,
        )
        _count_refusals(request, response.status_code)
        return response


def _count_refusals(request: HttpRequest, status: int) -> None:
    match = request.resolver_match
    name = match.view_name if match else ""
    if status == 401:
        given = "HTTP_AUTHORIZATION" in request.META
        metrics.credentials_refused("bearer" if given else "none")
    elif status == 403 and name in _LINKED and "signature" in request.GET:
        metrics.credentials_refused("link")
    elif name == "guarded-login" and request.method == "POST":
        if getattr(request, "limited", False):
            metrics.limit_refused(_SIGN_IN)
        elif status == 200:  # the form again: whoever is let in is sent on
            metrics.credentials_refused("password")


class MetricsView(views.APIView):
    authentication_classes: list[Any] = []
    permission_classes = [permissions.AllowAny]
    content_negotiation_class = AnyAccept

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """:raises NotFound: whoever may not read it learns nothing, by any method."""
        super().initial(request, *args, **kwargs)
        if not _may_read(request):
            raise NotFound("there is nothing at this address")

    @extend_schema(
        operation_id="metrics",
        summary="Figures for Prometheus, in its text format",
        description="For whoever sends METRICS_TOKEN as a bearer token. Without that"
        " setting, for programs on the same machine.",
        responses={
            (200, "text/plain"): OpenApiResponse(OpenApiTypes.STR, "The figures"),
            **refusals(400, 404),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        no_unknown(request, ())
        page = metrics.text(parts=health.look(), now=timezone.now())
        answer = HttpResponse(page, content_type=_TEXT)
        answer["Cache-Control"] = "no-store"
        return answer


def _may_read(request: Request) -> bool:
    if settings.METRICS_TOKEN:
        scheme, _, text = get_authorization_header(request).partition(b" ")
        genuine = constant_time_compare(text.strip(), settings.METRICS_TOKEN)
        return genuine and scheme.lower() == b"bearer"
    if any(name in request.META for name in _FORWARDING):
        return False
    address = parse(request.META.get("REMOTE_ADDR", ""))
    return address is not None and address.is_loopback
