"""Sums over exports that have ended: exact, kept, never counted twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exports.metrics.ended import BOUNDS, Ended, Kind, Sums
from exports.models import ExportJob, Mode
from exports.states import FileState, JobStatus
from tests import make
from tests.exports.jobs_made import file_of, job

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LONG_AGO = NOW - timedelta(hours=2)


def ended(*, at=NOW, seconds=1.0, rows=0, of=None, error="", mode=Mode.BACKGROUND):
    """The row of an export that ended then, after so many seconds."""
    made = job(of, mode=mode)
    status = JobStatus.FAILED if error else JobStatus.COMPLETED
    ExportJob.objects.filter(pk=made.pk).update(
        status=status,
        error_code=error,
        started_at=at - timedelta(seconds=seconds),
        completed_at=at,
        rows_written=rows,
        rows_expected=rows,
    )
    if not error:
        file_of(made, at=at, rows=rows, state=FileState.EXPIRED)
    return made


def kind(outcome="completed", error="", mode="background"):
    return Kind("verifications", "csv", mode, outcome, error)


def within(*seconds):
    return tuple(sum(each <= bound for each in seconds) for bound in BOUNDS)


def test_exports_of_all_businesses_are_added_up_by_kind():
    one, other = make.business(), make.business()
    ended(of=one, rows=3, seconds=0.05)
    ended(of=other, rows=4, seconds=7.25)
    ended(of=one, rows=5, mode=Mode.IMMEDIATE)
    ended(of=other, error="worker_lost", seconds=31)
    job(one)

    assert Ended().totals(now=NOW) == {
        kind(): Sums(2, 7, 70, timedelta(seconds=7.3), within(0.05, 7.25)),
        kind(mode="immediate"): Sums(1, 5, 50, timedelta(seconds=1), within(1)),
        kind("failed", "worker_lost"): Sums(1, 0, 0, timedelta(seconds=31), within(31)),
    }


def test_export_that_never_began_has_no_seconds():
    made = ended()
    ExportJob.objects.filter(pk=made.pk).update(started_at=None)

    assert Ended().totals(now=NOW)[kind()] == Sums(1)


def test_what_is_settled_is_kept_and_not_read_again():
    of_this_process = Ended()
    ended(at=LONG_AGO, error="EXPORT_ERROR")
    before = of_this_process.totals(now=NOW)
    ExportJob.objects.all().delete()

    after = of_this_process.totals(now=NOW + timedelta(minutes=1))

    assert list(before) == [kind("failed", "EXPORT_ERROR")]
    assert after == before


@pytest.mark.parametrize("minutes", range(0, 40, 7))
def test_export_is_counted_once_whenever_it_is_looked_at(minutes):
    of_this_process = Ended()
    ended(at=NOW)
    ended(at=LONG_AGO)

    counts = [
        of_this_process.totals(now=NOW + timedelta(minutes=at))[kind()].exports
        for at in (0, minutes, minutes + 1, 60, 59)
    ]

    assert counts == [2, 2, 2, 2, 2]


def test_end_that_is_committed_late_is_counted():
    of_this_process = Ended()
    of_this_process.totals(now=NOW)
    ended(at=NOW - timedelta(minutes=9))

    assert of_this_process.totals(now=NOW)[kind()].exports == 1
    assert of_this_process.totals(now=NOW + timedelta(hours=1))[kind()].exports == 1


def test_sums_of_two_processes_are_the_same_to_the_last_digit():
    early, late = Ended(), Ended()
    for number in range(12):
        ended(at=NOW + timedelta(minutes=5 * number), seconds=0.1 + number / 7)
        early.totals(now=NOW + timedelta(minutes=5 * number))

    now = NOW + timedelta(hours=2)
    assert early.totals(now=now) == late.totals(now=now)


@pytest.mark.parametrize("count", [1, 3])
def test_look_costs_two_queries_however_many_there_are(count):
    of_this_process = Ended()
    of_this_process.totals(now=NOW)
    for _ in range(count):
        ended(at=NOW)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        of_this_process.totals(now=NOW + timedelta(minutes=1))

    assert len(queries) == 2
