"""Schedules as rows and over HTTP, and the beats that look after them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from customers.authentication import actor_for_key
from customers.models import ApiKey, Business
from exports.models import ExportJob
from exports.states import JobStatus
from templates_app import schedule_changes, schedules
from templates_app.models import Schedule, ScheduleRun
from tests import make
from tests.exports.jobs_made import claimed, ended

ADDRESS: Final = "/v1/export/schedules"
SCOPES: Final = ("exports:write", "exports:read", "schedules:write")
NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)


def body(of: Business, **values: Any) -> dict[str, Any]:
    basic = {
        "business_id": of.id,
        "name": "Hourly",
        "cron": "0 * * * *",
        "export": {"export_type": "verifications", "format": "csv", "max_rows": 1000},
    }
    return basic | values


def key(of: Business, **values: Any) -> ApiKey:
    return make.api_key(of, **({"scopes": SCOPES} | values))[0]


def schedule(
    of: Business, *, owner: ApiKey | None = None, now: datetime = NOON, **values: Any
) -> Schedule:
    """A business's own, of a key made for it."""
    actor = actor_for_key(owner or key(of))
    return schedule_changes.create(body(of, **values), actor=actor, now=now)


def beat(*times: datetime) -> None:
    for at in times:
        schedules.run_due(at)


def fired(of: Schedule) -> list[tuple[str, str]]:
    """When, as in ``01T13:00``, and what came of it, in order."""
    return [
        (run.fire_at.astimezone(UTC).strftime("%dT%H:%M"), run.status)
        for run in of.runs.order_by("fire_at")
    ]


def end_jobs(status: JobStatus = JobStatus.COMPLETED) -> None:
    """As if workers had ended all that wait."""
    for job in ExportJob.objects.pending().order_by("created_at"):
        ended(claimed(job), status)


def run_of(of: Schedule) -> ScheduleRun:
    return of.runs.select_related("job").latest("fire_at")


def ticks(
    start: datetime, end: datetime, *, every: timedelta = MINUTE
) -> Iterator[datetime]:
    at = start
    while at < end:
        yield at
        at += every


def again(of: Schedule) -> Schedule:
    of.refresh_from_db()
    return of


def moments(found: Iterable[datetime]) -> list[datetime]:
    return sorted(at.astimezone(UTC) for at in found)
