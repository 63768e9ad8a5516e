"""Liveness and readiness, for whatever keeps the service running."""

from dataclasses import fields
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import permissions, serializers, views
from rest_framework.request import Request
from rest_framework.response import Response

from exports import health
from exports.views.answers import AnyAccept, refusals
from exports.views.parsers import no_unknown

_STATUS = inline_serializer("Liveness", {"status": serializers.ChoiceField(["ok"])})
_READY = inline_serializer(
    "Readiness",
    {
        "status": serializers.ChoiceField(["ok", "unavailable"]),
        "parts": serializers.DictField(child=serializers.BooleanField()),
    },
)


_WORK = inline_serializer(
    "JobHealth",
    {
        "status": serializers.ChoiceField(["ok", "unavailable"]),
        "workers": serializers.IntegerField(
            allow_null=True, help_text="Seen in the last 60 seconds"
        ),
        "waiting": serializers.IntegerField(allow_null=True),
        "running": serializers.IntegerField(allow_null=True),
        "oldest_seconds": serializers.FloatField(
            allow_null=True, help_text="How long the oldest job has waited"
        ),
    },
)


class _OpenView(views.APIView):
    authentication_classes: list[Any] = []
    permission_classes = [permissions.AllowAny]
    content_negotiation_class = AnyAccept


class LivenessView(_OpenView):
    @extend_schema(
        operation_id="healthz", summary="The process answers", responses={200: _STATUS}
    )
    def get(self, request: Request) -> Response:
        del request
        return Response({"status": "ok"})


class ReadinessView(_OpenView):
    @extend_schema(
        operation_id="readyz",
        summary="Database, cache and storage answer",
        responses={200: _READY, 503: _READY},
    )
    def get(self, request: Request) -> Response:
        del request
        parts = health.look()
        return _answer({"parts": parts}, well=all(parts.values()))


class ExportHealthView(_OpenView):
    @extend_schema(
        operation_id="health_export",
        summary="Database, cache, storage and templates answer",
        description="Public: no key is needed.",
        responses={200: _READY, **refusals(400), 503: _READY},
    )
    def get(self, request: Request) -> Response:
        no_unknown(request, ())
        parts = health.look_at_exports()
        return _answer({"parts": parts}, well=all(parts.values()))


class JobHealthView(_OpenView):
    @extend_schema(
        operation_id="health_jobs",
        summary="Workers seen lately, jobs waiting and running, of all together",
        description="503 when jobs wait and no worker was seen for 60 seconds, or the"
        " database is away: then all else is null. Public: no key is needed.",
        responses={200: _WORK, **refusals(400), 503: _WORK},
    )
    def get(self, request: Request) -> Response:
        no_unknown(request, ())
        work = health.look_at_work(now=timezone.now())
        names = [field.name for field in fields(health.Work)]
        told = {name: getattr(work, name, None) for name in names}
        return _answer(told, well=work is not None and work.is_done)


def _answer(told: dict[str, Any], *, well: bool) -> Response:
    status = "ok" if well else "unavailable"
    return Response({"status": status} | told, status=200 if well else 503)
