"""What becomes of times that were due while nobody looked."""

from datetime import timedelta

import pytest

from tests.templates_app.schedules_made import (
    HOUR,
    MINUTE,
    NOON,
    again,
    beat,
    end_jobs,
    fired,
    run_of,
    schedule,
)

pytestmark = pytest.mark.django_db


def test_relative_range_is_counted_from_the_time_it_was_due(mine):
    asked = {"export_type": "verifications", "format": "csv"}
    asked["filters"] = {"date_range": "yesterday"}
    of = schedule(mine, cron="55 23 * * *", export=asked, missed="catch_up")

    beat(NOON + timedelta(days=2, hours=18))

    ranges = [run.job.resolved_range["start"][:10] for run in of.runs.order_by("pk")]
    assert ranges == ["2026-03-01", "2026-03-02", "2026-03-03"]


def test_range_since_the_previous_run_leaves_nothing_out(mine):
    of = schedule(mine, data_range="since_previous", missed="run_once")

    beat(NOON + HOUR, NOON + 4 * HOUR)

    first, second = of.runs.order_by("fire_at")
    asked = [run.job.spec["time_range"] for run in (first, second)]
    assert (first.covers_from, first.covers_until) == (NOON, NOON + HOUR)
    assert (second.covers_from, second.covers_until) == (NOON + HOUR, NOON + 4 * HOUR)
    assert [each["end"][11:16] for each in asked] == ["13:00", "16:00"]


@pytest.mark.parametrize(
    ("missed", "expected"),
    [
        ("skip", [("02T15:00", "skipped", 2)]),
        ("run_once", [("02T15:00", "running", 2)]),
        (
            "catch_up",
            [
                ("02T13:00", "running", 0),
                ("02T14:00", "running", 0),
                ("02T15:00", "running", 0),
            ],
        ),
    ],
)
def test_what_was_missed_is_treated_as_was_asked(mine, missed, expected):
    of = schedule(mine, missed=missed)

    beat(NOON + 3 * HOUR + 30 * MINUTE)

    counts = [run.missed for run in of.runs.order_by("fire_at")]
    assert [(*each, count) for each, count in zip(fired(of), counts, strict=True)] == (
        expected
    )
    assert again(of).next_at == NOON + 4 * HOUR


def test_beat_that_is_a_little_late_has_missed_nothing(mine):
    of = schedule(mine, missed="skip")

    beat(NOON + HOUR + 4 * MINUTE)

    assert fired(of) == [("02T13:00", "running")]


def test_skipped_run_says_why(mine):
    of = schedule(mine, missed="skip")

    beat(NOON + HOUR + 6 * MINUTE)

    run = run_of(of)
    assert (run.status, run.reason_code, run.job) == ("skipped", "missed", None)


def test_many_missed_are_caught_up_little_by_little(mine):
    of = schedule(mine, missed="catch_up")
    late = NOON + 25 * HOUR + MINUTE

    beat(late)
    first = of.runs.count()
    beat(late, late)

    assert (first, of.runs.count()) == (10, 25)
    assert len({run.fire_at for run in of.runs.all()}) == 25


def test_no_room_for_a_job_loses_no_run(mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"MAX_ACTIVE_JOBS_PER_BUSINESS": 1}
    of = schedule(mine)
    later = schedule(mine, cron="1 * * * *", now=NOON + HOUR)

    beat(NOON + HOUR + MINUTE)
    before = fired(of) + fired(later)
    end_jobs()
    beat(NOON + HOUR + 2 * MINUTE)

    assert before == [("02T13:00", "running")]
    assert fired(later) == [("02T13:01", "running")]
    assert again(later).failures == 0
