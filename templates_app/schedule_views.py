"""Schedules over HTTP: what runs by itself, its runs, and one besides."""

from collections.abc import Callable
from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from exports.errors import NotFound
from exports.models import IdempotencyRecord
from exports.views.answers import accepted, caller, created, errors
from exports.views.base import ApiViewSet
from exports.views.paging import paged, shown_by
from exports.views.parameters import BUSINESS_ID, LIMIT, OFFSET, of_path
from exports.views.parsers import no_fields, no_unknown
from exports.views.scope import readable_businesses
from templates_app import schedule_changes, schedules
from templates_app.models import Schedule, ScheduleRun
from templates_app.schedule_serializers import (
    NewScheduleSerializer,
    PartOfScheduleSerializer,
    ScheduleListSerializer,
    ScheduleRunListSerializer,
    ScheduleRunSerializer,
    ScheduleSerializer,
    WholeScheduleSerializer,
)

PATH: Final = "/v1/export/schedules"
_SCHEDULE_ID: Final = of_path("schedule_id", "sch", example="a schedule")
_CHANGING: Final[dict[str, Any]] = {
    "parameters": [_SCHEDULE_ID],
    "responses": {200: ScheduleSerializer, **errors(400, 403, 404, 413, 415)},
}


class ScheduleViewSet(ApiViewSet):
    limit_kinds = {"run": "jobs"}
    creating = frozenset({"create", "run"})
    lookup_field = "schedule_id"

    @extend_schema(
        operation_id="schedule_list",
        summary="The schedules of your businesses, newest first",
        parameters=[
            BUSINESS_ID,
            LIMIT,
            OFFSET,
        ],
        responses={200: ScheduleListSerializer, **errors(400, 403, 404)},
    )
    def list(self, request: Request) -> Response:
        no_unknown(request, ("business_id", "limit", "offset"))
        actor = caller(request)
        rows = schedule_changes.visible(actor, readable_businesses(request, actor))
        newest = rows.newest_first()
        return paged(request, "schedules", newest, shown_by(ScheduleSerializer))

    @extend_schema(
        operation_id="schedule_create",
        summary="Have an export run by itself",
        description="Either cron or interval_minutes; either export or, for staff,"
        " customer_360. Whoever makes or changes a schedule owns it: it runs with"
        " their rights, as they are at each run.",
        request=NewScheduleSerializer,
        responses={
            201: ScheduleSerializer,
            **errors(400, 403, 404, 409, 413, 415, 422),
        },
    )
    def create(self, request: Request) -> Response:
        no_unknown(request, ())
        with self.noting() as note:
            made = schedule_changes.create(
                request.data, actor=caller(request), now=timezone.now()
            )
            note(str(made.pk), business_id=made.business_id)
        return _created(made)

    def remade(self, record: IdempotencyRecord) -> Response:
        """:raises NotFound: it was deleted meanwhile."""
        key = str(record.made)
        run = ScheduleRun.objects.select_related("job").filter(pk=key).first()
        if run is not None:
            return _begun(run)
        made = Schedule.objects.filter(pk=key).first()
        if made is None:
            raise NotFound("what this Idempotency-Key made was deleted meanwhile")
        return _created(made)

    @extend_schema(
        operation_id="schedule_read",
        summary="One schedule, with its next times",
        parameters=[_SCHEDULE_ID],
        responses={200: ScheduleSerializer, **errors(400, 403, 404)},
    )
    def retrieve(self, request: Request, schedule_id: str) -> Response:
        no_unknown(request, ())
        return Response(ScheduleSerializer(_find(request, schedule_id)).data)

    @extend_schema(
        operation_id="schedule_replace",
        summary="Replace a schedule; what is left out gets its default",
        request=WholeScheduleSerializer,
        **_CHANGING,
    )
    def update(self, request: Request, schedule_id: str) -> Response:
        return _changed(schedule_changes.replace, request, schedule_id)

    @extend_schema(
        operation_id="schedule_change",
        summary="Change, pause or resume a schedule; what is left out stays",
        description="Whoever changes more than paused becomes its owner.",
        request=PartOfScheduleSerializer,
        **_CHANGING,
    )
    def partial_update(self, request: Request, schedule_id: str) -> Response:
        return _changed(schedule_changes.amend, request, schedule_id)

    @extend_schema(
        operation_id="schedule_delete",
        summary="Delete a schedule and the list of its runs; their jobs stay",
        parameters=[_SCHEDULE_ID],
        responses={204: None, **errors(400, 403, 404)},
    )
    def destroy(self, request: Request, schedule_id: str) -> Response:
        no_unknown(request, ())
        schedule_changes.delete(schedule_id, actor=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="schedule_run",
        summary="A run now, besides those that are due",
        description="With the rights of the owner, though it is paused, and though"
        " nothing has changed. It counts as the creation of a job.",
        parameters=[_SCHEDULE_ID],
        request=None,
        responses={202: ScheduleRunSerializer, **errors(400, 403, 404, 409, 413, 415)},
    )
    @action(detail=True, methods=["post"])
    def run(self, request: Request, schedule_id: str) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        found = schedule_changes.find(
            schedule_id, actor=actor, scope=schedule_changes.SCOPE
        )
        no_fields(request)
        with self.noting() as note:
            made = schedules.run_now(found, actor=actor, now=timezone.now())
            note(str(made.pk), business_id=made.business_id)
        return _begun(made)

    @extend_schema(
        operation_id="schedule_runs",
        summary="The runs of a schedule, newest first",
        parameters=[_SCHEDULE_ID, LIMIT, OFFSET],
        responses={200: ScheduleRunListSerializer, **errors(400, 403, 404)},
    )
    @action(detail=True, methods=["get"])
    def runs(self, request: Request, schedule_id: str) -> Response:
        no_unknown(request, ("limit", "offset"))
        rows = _find(request, schedule_id).runs.select_related("job")
        newest = rows.order_by("-fire_at", "-id")
        return paged(request, "runs", newest, shown_by(ScheduleRunSerializer))


def _find(request: Request, schedule_id: str) -> Schedule:
    actor = caller(request)
    return schedule_changes.find(schedule_id, actor=actor, scope="exports:read")


def _changed(
    change: Callable[..., Schedule], request: Request, schedule_id: str
) -> Response:
    no_unknown(request, ())
    now = timezone.now()
    row = change(schedule_id, request.data, actor=caller(request), now=now)
    return Response(ScheduleSerializer(row).data)


def _created(made: Schedule) -> Response:
    address = f"{PATH}/{made.schedule_id}"
    return created(ScheduleSerializer(made).data, address=address)


def _begun(run: ScheduleRun) -> Response:
    headers = {}
    if run.job is not None:
        head = "/api/admin/customers/export" if run.job.is_for_staff else _JOBS
        headers["Location"] = f"{head}/{run.job.job_id}"
    return accepted(ScheduleRunSerializer(run).data, headers)


_JOBS: Final = "/v1/export/jobs"
