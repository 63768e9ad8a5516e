"""Two beats at once, through a year with its changes to and from summer time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connections

from exports.models import ExportJob
from exports.states import JobStatus
from templates_app import schedules
from templates_app.models import ScheduleRun
from tests import make
from tests.templates_app.clock_hands import MINUTE, ZONES, daily, hourly, year
from tests.templates_app.schedules_made import (
    HOUR,
    NOON,
    end_jobs,
    key,
    moments,
    schedule,
    ticks,
)

# The hours around each change of a clock in these zones, from so many o'clock UTC.
NIGHTS = [
    datetime(2026, month, day, hour, tzinfo=UTC)
    for month, day, hour in (
        *((3, 28, 22), (4, 4, 12), (4, 5, 1)),
        *((9, 6, 1), (10, 3, 12), (10, 24, 22)),
    )
]
HOURLY, DAILY = "30 * * * *", "0,30 0,2 * * *"
TIMES = {(0, 0), (0, 30), (2, 0), (2, 30)}


def together(*deeds):
    """Each in a thread of its own, begun at the same moment."""
    barrier = Barrier(len(deeds))

    def one(deed):
        try:
            barrier.wait(30)
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [each.result(60) for each in [pool.submit(one, deed) for deed in deeds]]


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_run_each_time_once():
    mine, other = make.business("business_mine"), make.business("business_other")
    rows = [
        schedule(mine),
        schedule(mine, cron="*/20 * * * *"),
        schedule(mine, missed="catch_up", cron="*/30 * * * *"),
        schedule(other),
    ]

    for at in ticks(NOON + HOUR, NOON + 5 * HOUR, every=HOUR):
        together(*[lambda at=at: schedules.run_due(at)] * 4)

    counts = [row.runs.count() for row in rows]
    assert counts == [4, 4, 8, 4]
    assert ExportJob.objects.count() == 20
    assert ScheduleRun.objects.values("job").distinct().count() == 20


@pytest.mark.django_db(transaction=True)
def test_two_beats_settle_each_run_once():
    of = schedule(make.business("business_mine"))
    schedules.run_due(NOON + HOUR)
    end_jobs(JobStatus.FAILED)

    together(*[lambda: schedules.run_due(NOON + HOUR + MINUTE)] * 4)

    of.refresh_from_db()
    assert of.failures == 1


def rows_of(of, *, now):
    owner = key(of)
    return [
        schedule(of, owner=owner, cron=cron, time_zone=zone, now=now)
        for zone in ZONES
        for cron in (HOURLY, DAILY)
    ]


def ran(row):
    return moments(row.runs.exclude(job=None).values_list("fire_at", flat=True))


def expected(row, start, end):
    """By the clocks on the walls; what they showed the day before is over."""
    zone, before = row.time_zone, start - timedelta(days=1)
    if row.cron == HOURLY:
        return sorted(hourly(start, end, zone=zone, at={30}))
    over = daily(before, start, zone=zone, at=TIMES)
    return sorted(daily(before, end, zone=zone, at=TIMES) - over)


def end_all_jobs():
    """As workers would, so that there is room for more."""
    ExportJob.objects.pending().update(
        status="completed", completed_at=NOON, rows_expected=0, progress=1.0
    )


def beat_through(start, end):
    """Two beats each minute."""
    for at in ticks(start, end):
        schedules.run_due(at)
        schedules.run_due(at)
        if at.hour == at.minute == 0:
            end_all_jobs()


@pytest.mark.django_db
@pytest.mark.parametrize("start", NIGHTS, ids=lambda at: at.strftime("%d-%b-%H"))
def test_each_time_of_a_night_of_change_is_run_once(start, settings):
    settings.EXPORTS = settings.EXPORTS | {"MAX_ACTIVE_JOBS_PER_BUSINESS": 1000}
    end = start + 6 * HOUR
    rows = rows_of(make.business("business_mine"), now=start - MINUTE)
    rows += rows_of(make.business("business_other"), now=start - MINUTE)[:1]

    beat_through(start, end)

    assert [ran(row) for row in rows] == [expected(row, start, end) for row in rows]


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.django_db
def test_each_time_of_a_year_is_run_once():
    start, end = year()
    rows = rows_of(make.business("business_mine"), now=start - MINUTE)

    beat_through(start, end)

    assert [ran(row) for row in rows] == [expected(row, start, end) for row in rows]
