"""Two beats at once, through a year with its changes to and from summer time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import cycle, product
from threading import Barrier

import pytest
from django.db import connection, connections

from exports.models import ExportJob
from exports.states import JobStatus
from templates_app import schedules
from templates_app.models import Schedule, ScheduleRun
from tests import make
from tests.exports.delivery.conftest import woken
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

__all__ = ["woken"]

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


def rows_of(*businesses, now):
    """One for each zone and time, of each business in its turn."""
    owners = cycle([(of, key(of)) for of in businesses])
    return [
        schedule(of, owner=owner, cron=cron, time_zone=zone, now=now)
        for (zone, cron), (of, owner) in zip(
            product(ZONES, (HOURLY, DAILY)), owners, strict=False
        )
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


def beat_through(start, end, *, looks=None):
    """Two beats each minute.

    :param looks: whether they need to; they do when jobs have ended.
    """
    for at in ticks(start, end):
        if looks is None or looks(at) or (at.hour, at.minute) == (0, 1):
            schedules.run_due(at)
            schedules.run_due(at)
        if at.hour == at.minute == 0:
            end_all_jobs()


def is_due():
    """What a beat asks the table in any minute, written as SQL once.

    A year has half a million minutes, and twice to write the same takes most of them.
    Where the answer is empty, a beat has nothing that it could run.
    """
    question = Schedule.objects.due(NOON).values_list("pk").query
    sql, (_,) = question.sql_with_params()

    def ask(at):
        with connection.cursor() as cursor:
            cursor.execute(sql, [connection.ops.adapt_datetimefield_value(at)])
            return cursor.fetchone() is not None

    return ask


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
@pytest.mark.timeout(3600)
# Its own commits: what one transaction has written anew, no database can clear away.
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("woken")
def test_each_time_of_a_year_is_run_once():
    start, end = year()
    businesses = [make.business(f"business_{number}") for number in range(6)]
    rows = rows_of(*businesses, now=start - MINUTE)

    beat_through(start, end, looks=is_due())

    assert [ran(row) for row in rows] == [expected(row, start, end) for row in rows]
