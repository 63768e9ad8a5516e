"""Liveness and readiness, for whatever keeps the service running."""

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import permissions, serializers, views
from rest_framework.request import Request
from rest_framework.response import Response

from exports import health
from exports.views.answers import AnyAccept

_STATUS = inline_serializer("Liveness", {"status": serializers.ChoiceField(["ok"])})
_READY = inline_serializer(
    "Readiness",
    {
        "status": serializers.ChoiceField(["ok", "unavailable"]),
        "parts": serializers.DictField(child=serializers.BooleanField()),
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
        ready = all(parts.values())
        status = "ok" if ready else "unavailable"
        return Response(
            {"status": status, "parts": parts}, status=200 if ready else 503
        )
