"""How fast a run is: only what can be told is told."""

from datetime import timedelta

import pytest

from exports.admin.pace import Pace, pace
from exports.models import ExportJob
from exports.states import JobStatus
from tests.make import NOW


def running(**values) -> ExportJob:
    row = {"status": JobStatus.PROCESSING, "started_at": NOW, "rows_written": 500}
    return ExportJob(**(row | {"rows_expected": 2000} | values))


def test_pace_is_of_the_rows_so_far():
    assert pace(running(), now=NOW + timedelta(seconds=10)) == Pace(50.0, 30.0)


def test_rest_is_unknown_before_rows_are_counted():
    job = running(rows_expected=None)

    assert pace(job, now=NOW + timedelta(seconds=10)) == Pace(50.0, None)


@pytest.mark.parametrize(
    "values",
    [
        {"rows_written": 0},
        {"started_at": None},
        {"status": JobStatus.PENDING},
        {"status": JobStatus.COMPLETED},
        {"started_at": NOW + timedelta(seconds=20)},
    ],
)
def test_nothing_is_told_of_what_does_not_run(values):
    assert pace(running(**values), now=NOW + timedelta(seconds=10)) == Pace()
