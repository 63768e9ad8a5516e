"""What the page of a schedule tells: its next times, and the runs that there were."""

import json
from typing import Any, Final

from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exports.admin import progress, refusals
from templates_app.admin import schedule_times
from templates_app.admin.schedule_form import DATA, MISSED
from templates_app.models import Schedule, ScheduleRun

_RUNS: Final = 25
_LIVE: Final = frozenset({"pending", "processing"})
WORDS: Final = {
    **{str(status): word for status, word in progress.WORDS.items()},
    ScheduleRun.Status.RUNNING: _("running"),
    ScheduleRun.Status.SKIPPED: _("skipped"),
}


def told(row: Schedule, *, page: str) -> dict[str, Any]:
    runs = row.runs.select_related("job").order_by("-fire_at", "-id")
    shown = Paginator(runs, _RUNS).get_page(page)
    since = row.paused_at and schedule_times.local(row.paused_at, row.time_zone)
    asked = row.export if row.customers is None else row.customers
    told_runs = [_run(each, row.time_zone) for each in shown]
    return {
        "times": _next(row),
        "since": since,
        "missed": MISSED[row.missed],
        "data_range": DATA[row.data_range],
        "page": shown,
        "runs": told_runs,
        "is_fresh": any(each["status"] in _LIVE for each in told_runs),
        "asked": json.dumps(asked, indent=2, ensure_ascii=False),
    }


def _next(row: Schedule) -> list[str]:
    if row.next_at is None:
        return []
    found = row.timetable.upcoming(timezone.now(), count=schedule_times.UPCOMING)
    return schedule_times.shown(found, row.time_zone)


def _run(run: ScheduleRun, zone: str) -> dict[str, Any]:
    """Of one with a job, what the job is now: no beat may have looked yet."""
    status, reason = run.status, run.reason
    if run.job is not None:
        status, reason = run.job.status, run.job.error_message
    return {
        "run": run,
        "at": schedule_times.local(run.fire_at, zone),
        "status": status,
        "word": WORDS[status],
        "reason": refusals.told(reason),
    }
