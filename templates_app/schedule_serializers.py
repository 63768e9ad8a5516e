"""The shape of schedules and of their runs, as they are told and as they are sent."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exports.customer360.bulk_serializers import BODY
from exports.deltas import links
from exports.serializers.answers import MomentField
from exports.serializers.requests import export_request
from exports.serializers.shapes import PageSerializer, SchemaSerializer, closed, or_null
from exports.states import JobStatus
from templates_app import schedule_drafts
from templates_app.missed import Missed
from templates_app.models import Schedule, ScheduleRun
from templates_app.timetable import MAX_CRON, MAX_MINUTES

UPCOMING: Final = 5


class OwnerSerializer(serializers.Serializer[Schedule]):
    kind = serializers.ChoiceField(["key", "staff"], source="owner_kind")
    id = serializers.CharField(source="owner_id")
    label = serializers.CharField(source="owner_label")  # type: ignore[assignment] # no label: a field


class TimeSerializer(serializers.Serializer[Any]):
    local = serializers.CharField(help_text="In the schedule's own zone")
    utc = MomentField()


class ReasonSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class RunRangeSerializer(serializers.Serializer[ScheduleRun]):
    start = MomentField(source="covers_from")
    end = MomentField(source="covers_until")


class RunChangesSerializer(serializers.Serializer[Any]):
    """The place of a run's export in its chain."""

    kind = serializers.ChoiceField([links.FULL, links.DELTA])
    sequence = serializers.IntegerField(min_value=0)
    base_export_id = serializers.CharField(allow_null=True)


class ScheduleRunSerializer(serializers.Serializer[ScheduleRun]):
    """One time at which it was due, or asked for."""

    run_id = serializers.CharField()
    fire_at = MomentField()
    trigger = serializers.ChoiceField(ScheduleRun.Trigger.values)
    status = serializers.SerializerMethodField()
    job_id = serializers.SerializerMethodField()
    missed = serializers.IntegerField(min_value=0)
    data_range = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    created_at = MomentField()
    ended_at = serializers.SerializerMethodField()

    @extend_schema_field(
        {"type": "string", "enum": [*JobStatus.values, ScheduleRun.Status.SKIPPED]}
    )
    def get_status(self, run: ScheduleRun) -> str:
        return run.job.status if run.job is not None else run.status

    @extend_schema_field({"type": ["string", "null"]})
    def get_job_id(self, run: ScheduleRun) -> str | None:
        return run.job.job_id if run.job is not None else None

    @extend_schema_field(RunRangeSerializer(allow_null=True))
    def get_data_range(self, run: ScheduleRun) -> Any:
        return RunRangeSerializer(run).data if run.covers_until else None

    @extend_schema_field(RunChangesSerializer(allow_null=True))
    def get_changes(self, run: ScheduleRun) -> Any:
        link = links.link_of(run.job) if run.job is not None else None
        return RunChangesSerializer(link).data if link is not None else None

    @extend_schema_field(ReasonSerializer(allow_null=True))
    def get_reason(self, run: ScheduleRun) -> dict[str, str] | None:
        code, message = run.reason_code, run.reason
        if run.job is not None:
            code, message = run.job.error_code, run.job.error_message
        return {"code": code, "message": message} if code else None

    @extend_schema_field(MomentField(allow_null=True))
    def get_ended_at(self, run: ScheduleRun) -> str | None:
        ended_at = run.job.completed_at if run.job is not None else run.ended_at
        return None if ended_at is None else MomentField().to_representation(ended_at)


class ScheduleRunListSerializer(PageSerializer):
    runs = ScheduleRunSerializer(many=True)


class ScheduleSerializer(serializers.Serializer[Schedule]):
    """next_runs: the next five times, unless it is paused or over."""

    schedule_id = serializers.CharField()
    business_id = serializers.CharField()
    name = serializers.CharField()
    cron = serializers.SerializerMethodField()
    interval_minutes = serializers.IntegerField(allow_null=True)
    time_zone = serializers.CharField()
    starts_at = MomentField(allow_null=True)
    ends_at = MomentField(allow_null=True)
    export = serializers.DictField(allow_null=True)
    customer_360 = serializers.DictField(source="customers", allow_null=True)
    has_password = serializers.BooleanField()
    missed = serializers.ChoiceField(Missed.values)
    data_range = serializers.ChoiceField(Schedule.DataRange.values)
    only_if_changed = serializers.BooleanField()
    only_if_not_empty = serializers.BooleanField()
    paused = serializers.SerializerMethodField()
    paused_at = MomentField(allow_null=True)
    paused_reason = serializers.SerializerMethodField()
    failures = serializers.IntegerField(min_value=0, help_text="One after the other")
    owner = OwnerSerializer(source="*")
    next_runs = serializers.SerializerMethodField()
    created_at = MomentField()
    updated_at = MomentField()

    @extend_schema_field({"type": ["string", "null"]})
    def get_cron(self, row: Schedule) -> str | None:
        return row.cron or None

    def get_paused(self, row: Schedule) -> bool:
        return row.paused_at is not None

    @extend_schema_field(
        {"type": ["string", "null"], "enum": [*Schedule.Paused.values, None]}
    )
    def get_paused_reason(self, row: Schedule) -> str | None:
        return row.paused_reason or None

    @extend_schema_field(TimeSerializer(many=True))
    def get_next_runs(self, row: Schedule) -> list[dict[str, Any]]:
        zone = ZoneInfo(row.time_zone)
        return [
            {
                "local": at.astimezone(zone).isoformat(),
                "utc": MomentField().to_representation(at),
            }
            for at in _upcoming(row, timezone.now())
        ]


class ScheduleListSerializer(PageSerializer):
    schedules = ScheduleSerializer(many=True)


def _upcoming(row: Schedule, now: datetime) -> list[datetime]:
    if row.next_at is None:
        return []
    return row.timetable.upcoming(now, count=UPCOMING)


class NewScheduleSerializer(SchemaSerializer):
    """Stands for a new schedule; ``schedule_drafts`` is what reads it."""

    @staticmethod
    def schema() -> dict[str, Any]:
        return _shape(schedule_drafts.FIELDS, ["business_id", "name"])


class WholeScheduleSerializer(SchemaSerializer):
    """Stands for all of a schedule that is there."""

    @staticmethod
    def schema() -> dict[str, Any]:
        return _shape(schedule_drafts.CHANGING, ["name"])


class PartOfScheduleSerializer(SchemaSerializer):
    """Stands for some of a schedule that is there."""

    @staticmethod
    def schema() -> dict[str, Any]:
        return _shape(schedule_drafts.CHANGING, [])


def _flag(text: str) -> dict[str, Any]:
    return or_null({"type": "boolean"}, default=False, description=text)


def _properties() -> dict[str, Any]:
    of_export = export_request()
    moment = {"type": "string", "format": "date-time"}
    export = dict(of_export["properties"])
    password = export.pop("password") | {
        "description": "Of each file; kept encrypted, and never told again"
    }
    return {
        "business_id": of_export["properties"]["business_id"],
        "name": {
            "type": "string",
            "minLength": 1,
            "maxLength": schedule_drafts.MAX_NAME,
        },
        "cron": or_null(
            {"type": "string", "maxLength": MAX_CRON, "examples": ["30 6 * * 1-5"]},
            description="Minute, hour, day, month, weekday; or interval_minutes",
        ),
        "interval_minutes": or_null(
            {"type": "integer", "minimum": 1, "maximum": MAX_MINUTES}
        ),
        "time_zone": or_null(
            {"type": "string", "examples": ["Europe/Berlin"]},
            description="Of the IANA; default: the business's own",
        ),
        "starts_at": or_null(moment, description="The first moment that may be due"),
        "ends_at": or_null(moment, description="The first that may no longer"),
        "export": or_null(
            of_export | {"properties": export, "required": []},
            description="The export's request, or the template that stands for it",
        ),
        "customer_360": or_null(
            BODY, description="In its place, for staff: a bulk export of customers"
        ),
        "password": password,
        "missed": or_null(
            {"type": "string", "enum": Missed.values}, default=Missed.RUN_ONCE.value
        ),
        "data_range": or_null(
            {"type": "string", "enum": Schedule.DataRange.values},
            default=Schedule.DataRange.AS_ASKED.value,
            description="All that is asked for; what is new by its time; or what has"
            " changed since the last completed run, with what is gone",
        ),
        "only_if_changed": _flag("No run while the data is as it was"),
        "only_if_not_empty": _flag("No run without rows"),
        "paused": _flag("It is not due until this is false"),
        "take_over": _flag("Whoever sends true becomes the owner"),
    }


def _shape(known: tuple[str, ...], required: list[str]) -> dict[str, Any]:
    properties = _properties()
    shape = closed({name: properties[name] for name in known})
    return shape | ({"required": required} if required else {})
