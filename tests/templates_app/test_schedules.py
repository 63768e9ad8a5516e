import pytest

from customers.models import AuditEvent
from exports import policy
from exports.models import ExportJob
from exports.states import JobStatus
from templates_app import schedule_changes, schedules
from templates_app.models import Schedule, ScheduleRun
from tests import make
from tests.exports.views.asking import deeds
from tests.templates_app.schedules_made import (
    HOUR,
    MINUTE,
    NOON,
    again,
    beat,
    end_jobs,
    fired,
    key,
    run_of,
    schedule,
    ticks,
)

pytestmark = pytest.mark.django_db


def test_each_time_is_run_once_whoever_looks(mine, others):
    of = schedule(mine)

    for at in ticks(NOON, NOON + 3 * HOUR):
        beat(at, at)

    expected = [("02T13:00", "running"), ("02T14:00", "running")]
    assert fired(of) == expected
    assert fired(others) == [
        ("02T12:15", "running"),
        ("02T13:15", "running"),
        ("02T14:15", "running"),
    ]
    jobs = ExportJob.objects.for_business(mine.id).order_by("created_at")
    assert [job.schedule_run.fire_at for job in jobs] == [NOON + HOUR, NOON + 2 * HOUR]


def test_job_runs_as_its_owner_and_names_its_schedule(mine):
    owner = key(mine)
    of = schedule(mine, owner=owner)

    beat(NOON + HOUR)

    job = run_of(of).job
    event = AuditEvent.objects.get(action="export.requested")
    assert (job.business_id, job.mode, job.actor_kind, job.actor_label) == (
        "business_mine",
        "background",
        "key",
        owner.name,
    )
    assert (event.actor_label, event.details["schedule"]) == (
        owner.name,
        of.schedule_id,
    )


def test_end_of_the_job_is_the_end_of_the_run(mine):
    of = schedule(mine)

    beat(NOON + HOUR)
    end_jobs()
    beat(NOON + HOUR + MINUTE)

    run = run_of(of)
    assert (run.status, run.ended_at) == ("completed", run.job.completed_at)


def test_start_and_end_are_kept(mine):
    of = schedule(
        mine,
        starts_at=(NOON + 2 * HOUR).isoformat(),
        ends_at=(NOON + 4 * HOUR).isoformat(),
    )

    beat(*ticks(NOON, NOON + 6 * HOUR, every=15 * MINUTE))

    assert fired(of) == [("02T14:00", "running"), ("02T15:00", "running")]
    assert again(of).next_at is None


def test_interval_runs_by_the_clock(mine):
    of = schedule(mine, cron=None, interval_minutes=45)

    beat(*ticks(NOON, NOON + 2 * HOUR))

    assert fired(of) == [("02T12:45", "running"), ("02T13:30", "running")]


def test_failures_in_a_row_pause_it(mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"SCHEDULE_MAX_FAILURES": 3}
    of = schedule(mine)

    for hour in (1, 2, 3):
        beat(NOON + hour * HOUR)
        end_jobs(JobStatus.FAILED)
    beat(*ticks(NOON + 3 * HOUR + MINUTE, NOON + 6 * HOUR))

    row = again(of)
    assert [status for _, status in fired(of)] == ["failed"] * 3
    assert (row.failures, row.paused_reason, row.next_at) == (3, "failures", None)
    [event] = AuditEvent.objects.filter(action="schedule.paused")
    assert (event.business_id, event.details["failures"]) == ("business_mine", 3)


def test_run_that_ends_well_ends_the_row_of_failures(mine):
    of = schedule(mine)

    for hour, status in enumerate([JobStatus.FAILED] * 3 + [JobStatus.COMPLETED], 1):
        beat(NOON + hour * HOUR)
        end_jobs(status)
    beat(NOON + 4 * HOUR + MINUTE)

    assert again(of).failures == 0


def test_cancelled_run_is_no_failure(mine):
    of = schedule(mine)

    beat(NOON + HOUR)
    end_jobs(JobStatus.CANCELLED)
    beat(NOON + HOUR + MINUTE)

    assert (run_of(of).status, again(of).failures) == ("cancelled", 0)


def test_paused_one_is_not_due_and_misses_nothing(mine):
    owner = key(mine)
    of = schedule(mine, owner=owner, missed="catch_up")
    actor = schedules.owners.owner_of(of, now=NOON).actor

    schedule_changes.amend(of.schedule_id, {"paused": True}, actor=actor, now=NOON)
    beat(*ticks(NOON, NOON + 3 * HOUR, every=10 * MINUTE))
    resumed = NOON + 3 * HOUR + MINUTE
    schedule_changes.amend(of.schedule_id, {"paused": False}, actor=actor, now=resumed)
    beat(resumed, NOON + 4 * HOUR)

    assert fired(of) == [("02T16:00", "running")]
    assert [deed for deed in deeds(mine) if deed.startswith("schedule.")] == [
        "schedule.created",
        "schedule.paused",
        "schedule.resumed",
    ]


def test_a_time_that_comes_again_is_not_run_again(mine):
    of = schedule(mine)
    beat(NOON + HOUR)

    Schedule.objects.filter(pk=of.pk).update(next_at=NOON + HOUR)
    beat(NOON + HOUR)

    assert (of.runs.count(), ExportJob.objects.count()) == (1, 1)
    assert again(of).next_at == NOON + 2 * HOUR


def test_one_that_breaks_does_not_stop_the_others(mine, caplog, monkeypatch):
    broken, whole = schedule(mine), schedule(make.business("business_other"))
    # The database itself can break; nothing short of that gets here.
    lock = policy.lock

    def breaks(business_id):
        if business_id == "business_mine":
            raise RuntimeError("gone")
        lock(business_id)

    monkeypatch.setattr(policy, "lock", breaks)
    beat(NOON + HOUR)

    assert (fired(broken), fired(whole)) == ([], [("02T13:00", "running")])
    assert "could not be run" in caplog.text


def test_run_now_is_a_run_besides(mine):
    of = schedule(mine, only_if_changed=True)
    actor = schedules.owners.owner_of(of, now=NOON).actor

    runs = [
        schedules.run_now(of, actor=actor, now=NOON + minutes * MINUTE)
        for minutes in (7, 8)
    ]

    assert [(run.trigger, run.status) for run in runs] == [("manual", "running")] * 2
    assert ScheduleRun.objects.filter(job__isnull=False).count() == 2
    assert again(of).next_at == NOON + HOUR


def test_failure_of_a_run_that_was_asked_for_does_not_count(mine):
    of = schedule(mine)
    actor = schedules.owners.owner_of(of, now=NOON).actor

    schedules.run_now(of, actor=actor, now=NOON + MINUTE)
    end_jobs(JobStatus.FAILED)
    beat(NOON + 2 * MINUTE)

    assert (fired(of), again(of).failures) == ([("02T12:01", "failed")], 0)
