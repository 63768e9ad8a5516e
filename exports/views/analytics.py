"""Figures about exports: how many, of what, how they ended, how long they took."""

from datetime import UTC, date, timedelta
from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from exports import analytics
from exports.pipeline.problems import Problems
from exports.states import JobStatus
from exports.views.answers import caller, errors
from exports.views.base import ApiViewSet
from exports.views.parsers import no_unknown
from exports.views.scope import readable_businesses

_MOST_DAYS: Final = 92
_USUAL_DAYS: Final = 30


class FiguresSerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="When they were asked for, in UTC")
    type = serializers.CharField()
    format = serializers.CharField()
    outcome = serializers.ChoiceField(JobStatus.values)
    exports = serializers.IntegerField()
    rows = serializers.IntegerField(help_text="In their files")
    bytes = serializers.IntegerField(help_text="Of their files")
    p50_seconds = serializers.FloatField(allow_null=True)
    p95_seconds = serializers.FloatField(allow_null=True)
    cache_hits = serializers.IntegerField(
        allow_null=True, help_text="Null where nothing is cached"
    )


class AnalyticsSerializer(serializers.Serializer[Any]):
    time_zone = serializers.ChoiceField(["UTC"])
    figures = FiguresSerializer(many=True)

    def get_fields(self) -> dict[str, Any]:
        """``from`` cannot be the name of an attribute."""
        days = {"from": serializers.DateField(), "to": serializers.DateField()}
        return days | super().get_fields()


class AnalyticsViewSet(ApiViewSet):
    @extend_schema(
        operation_id="analytics_list",
        summary="Exports by day (UTC), type, format and outcome",
        description="Of the businesses whose exports you may read, or of one. The"
        " seconds are from the last claim to the end; percentiles are of the nearest"
        " rank.",
        parameters=[
            OpenApiParameter("business_id", str, description="Of this business alone"),
            OpenApiParameter(
                "from", date, description="The first day; 30 days up to the last"
            ),
            OpenApiParameter(
                "to",
                date,
                description=f"The last day, today; at most {_MOST_DAYS} days in all",
            ),
        ],
        responses={200: AnalyticsSerializer, **errors(400, 403, 404)},
    )
    def list(self, request: Request) -> Response:
        no_unknown(request, ("business_id", "from", "to"))
        business_ids = readable_businesses(request, caller(request))
        first, last = _days(request, today=timezone.now().astimezone(UTC).date())
        found = analytics.figures(business_ids, first=first, last=last)
        return Response(
            {
                "from": first.isoformat(),
                "to": last.isoformat(),
                "time_zone": "UTC",
                "figures": [_shown(group, each) for group, each in found.items()],
            }
        )


def _shown(group: analytics.Group, figures: analytics.Figures) -> dict[str, Any]:
    return {
        "date": group.day.isoformat(),
        "type": group.export_type,
        "format": group.format,
        "outcome": group.outcome,
        "exports": figures.exports,
        "rows": figures.rows,
        "bytes": figures.size,
        "p50_seconds": figures.percentile(0.50),
        "p95_seconds": figures.percentile(0.95),
        "cache_hits": None,
    }


def _days(request: Request, *, today: date) -> tuple[date, date]:
    """:raises Invalid: no dates, the last before the first, or too many."""
    problems = Problems()
    given = {
        name: _day(name, request.query_params[name], problems)
        for name in ("from", "to")
        if name in request.query_params
    }
    problems.settle()
    last = given.get("to") or today
    # The calendar begins somewhere.
    usual = last - min(timedelta(days=_USUAL_DAYS - 1), last - date.min)
    first = given.get("from") or usual
    if last < first:
        problems.add("from", "must not be after to")
    elif last - first >= timedelta(days=_MOST_DAYS):
        problems.add("from", f"must be at most {_MOST_DAYS} days up to to")
    problems.settle()
    return first, last


def _day(name: str, text: str, problems: Problems) -> date | None:
    try:
        day = date.fromisoformat(text)
        if day.isoformat() == text and date(1970, 1, 1) <= day <= date(9000, 1, 1):
            return day
    except ValueError:
        pass
    problems.add(name, "must be a date such as 2025-01-31")
    return None
