from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.models import AuditEvent
from exports import jobs
from exports.errors import Conflict, ExportError, Forbidden, Invalid, LeaseLost
from exports.models import ExportFile, ExportJob, Mode
from exports.states import TRANSITIONS, JobStatus
from tests import make
from tests.exports.jobs_made import claimed, deeds_of, ended, file_of, in_state, job

pytestmark = pytest.mark.django_db

PAIRS = list(product(JobStatus, JobStatus))
ALLOWED = [(before, after) for before, after in PAIRS if after in TRANSITIONS[before]]
FORBIDDEN = [pair for pair in PAIRS if pair not in ALLOWED]


def move(of: ExportJob, to: JobStatus, **fields):
    if to is JobStatus.FAILED:
        fields["error"] = ExportError("broke")
    if to is JobStatus.PROCESSING:
        fields["lease_until"] = timezone.now()
    jobs.move(of, to, actor=make.SYSTEM, now=timezone.now(), **fields)


@pytest.mark.parametrize(("before", "after"), ALLOWED)
def test_move_is_made_and_leaves_one_event(before, after):
    made = in_state(before)
    other = in_state(before)
    known = AuditEvent.objects.count()
    fields = {"rows_expected": 0} if after is JobStatus.COMPLETED else {}
    if after is JobStatus.PROCESSING:
        # Claims make this move, with the lease that goes with it.
        with pytest.raises(IntegrityError), transaction.atomic():
            jobs.move(made, after, actor=make.SYSTEM, now=timezone.now())
        return

    move(made, after, **fields)

    stored = ExportJob.objects.get(pk=made.pk)
    assert (stored.status, made.status) == (after, after)
    assert AuditEvent.objects.count() == known + 1
    assert deeds_of(made)[-1] == f"export.{after}"
    assert ExportJob.objects.get(pk=other.pk).status == before


@pytest.mark.parametrize(("before", "after"), FORBIDDEN)
def test_move_that_is_not_allowed_is_refused(before, after):
    made = in_state(before)
    known = deeds_of(made)

    with pytest.raises(Conflict, match=f"{before} cannot become {after}"):
        move(made, after)

    assert ExportJob.objects.get(pk=made.pk).status == before
    assert deeds_of(made) == known


def test_move_by_who_holds_an_older_fence_is_lost():
    made = claimed(job())
    mine = ExportJob.objects.get(pk=made.pk)
    claimed(made)

    with pytest.raises(LeaseLost):
        move(mine, JobStatus.COMPLETED, rows_expected=0)

    assert ExportJob.objects.get(pk=made.pk).status == "processing"
    assert deeds_of(made) == ["export.requested"]


def test_move_of_a_job_that_has_moved_is_lost():
    made = claimed(job())
    mine = ExportJob.objects.get(pk=made.pk)
    ended(made, JobStatus.CANCELLED)

    with pytest.raises(LeaseLost):
        move(mine, JobStatus.FAILED)

    assert ExportJob.objects.get(pk=made.pk).status == "cancelled"


def test_failed_job_tells_code_and_message():
    made = claimed(job())

    error = Forbidden("no more")
    now = timezone.now()
    jobs.move(made, JobStatus.FAILED, actor=make.SYSTEM, now=now, error=error)

    stored = ExportJob.objects.get(pk=made.pk)
    assert (stored.error_code, stored.error_message) == ("FORBIDDEN", "no more")
    assert (stored.completed_at, stored.lease_until, stored.worker) == (now, None, "")
    event = AuditEvent.objects.get(action="export.failed")
    assert (event.outcome, event.details["error"]) == ("failed", "FORBIDDEN")


def test_requested_job_waits_and_is_recorded():
    business = make.business()
    made = job(business, metadata={"a": 1}, template_id="verifications_csv")

    stored = ExportJob.objects.get()
    event = AuditEvent.objects.get(action="export.requested")
    assert (stored.status, stored.mode, stored.queue) == (
        *("pending", "background", "interactive"),
    )
    assert (stored.template_id, stored.template_version) == ("verifications_csv", 1)
    assert (event.object_id, event.business_id) == (made.export_id, business.id)
    assert event.details == {
        "export_type": "verifications",
        "format": "csv",
        "mode": "background",
        "attempt": 0,
        "rows": 0,
    }
    assert (event.actor_kind, stored.actor_id) == ("system", "system")


@pytest.mark.parametrize(
    ("max_rows", "queue"), [(99_999, "interactive"), (100_000, "bulk"), (None, "bulk")]
)
def test_large_work_has_a_queue_of_its_own(max_rows, queue):
    assert job(max_rows=max_rows).queue == queue


def test_immediate_becomes_inline_when_the_spec_asks_for_it():
    assert job(mode=Mode.IMMEDIATE, delivery="inline").mode == "inline"
    assert job(mode=Mode.IMMEDIATE).mode == "immediate"


@pytest.mark.parametrize("mode", [Mode.BACKGROUND, Mode.COMMAND])
def test_nothing_else_becomes_inline(mode):
    with pytest.raises(Invalid, match="delivery must be file here"):
        job(mode=mode, delivery="inline")


@pytest.mark.django_db(transaction=True)
def test_workers_are_told_after_the_commit_only(monkeypatch):
    told = []
    monkeypatch.setattr("exports.dispatch.wake", told.append)

    with transaction.atomic():
        job()
        before = list(told)

    assert (before, told) == ([], ["interactive"])


@pytest.mark.django_db(transaction=True)
def test_workers_are_not_told_of_what_runs_at_once(monkeypatch):
    told = []
    monkeypatch.setattr("exports.dispatch.wake", told.append)

    job(mode=Mode.IMMEDIATE)

    assert told == []


def test_cancel_ends_a_waiting_job():
    made = job()

    jobs.cancel(made, actor=make.SYSTEM, now=timezone.now())

    stored = ExportJob.objects.get()
    assert (stored.status, stored.cancel_requested) == ("cancelled", True)
    assert deeds_of(made) == ["export.requested", "export.cancelled"]


def test_cancel_of_a_running_job_is_a_wish():
    made = claimed(job())

    jobs.cancel(made, actor=make.SYSTEM, now=timezone.now())

    stored = ExportJob.objects.get()
    assert (stored.status, stored.cancel_requested) == ("processing", True)
    assert made.cancel_requested
    assert deeds_of(made) == ["export.requested", "export.cancel_requested"]


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_cancel_of_a_finished_job_is_a_conflict(status):
    made = in_state(JobStatus(status))

    with pytest.raises(Conflict, match=f"the job is {status}"):
        jobs.cancel(made, actor=make.SYSTEM, now=timezone.now())


def test_cancel_meets_a_job_that_was_claimed_meanwhile():
    made = job()
    seen = ExportJob.objects.get(pk=made.pk)
    claimed(made)

    jobs.cancel(seen, actor=make.SYSTEM, now=timezone.now())

    assert ExportJob.objects.get().cancel_requested
    assert deeds_of(made) == ["export.requested", "export.cancel_requested"]


def test_cancel_meets_a_job_that_was_finished_meanwhile():
    made = claimed(job())
    seen = ExportJob.objects.get(pk=made.pk)
    ended(made, JobStatus.COMPLETED)

    with pytest.raises(Conflict, match="the job is completed"):
        jobs.cancel(seen, actor=make.SYSTEM, now=timezone.now())


def test_cancel_gives_up_on_a_job_that_never_stands_still(monkeypatch):
    made = claimed(job())
    refresh = ExportJob.refresh_from_db

    def faster(self, *args, **kwargs):
        refresh(self, *args, **kwargs)
        ExportJob.objects.filter(pk=self.pk).update(fence=self.fence + 1)

    monkeypatch.setattr(ExportJob, "refresh_from_db", faster)
    ExportJob.objects.update(fence=made.fence + 1)

    with pytest.raises(Conflict, match="try again"):
        jobs.cancel(made, actor=make.SYSTEM, now=timezone.now())


IMPOSSIBLE = [
    {"status": "done"},
    {"status": "completed"},
    {"status": "failed", "completed_at": timezone.now()},
    {"status": "pending", "completed_at": timezone.now()},
    {"status": "processing"},
    {"lease_until": timezone.now()},
    {"error_code": "EXPORT_ERROR"},
    {"progress": 1.1},
    {"progress": -0.1},
    {
        "status": "completed",
        "completed_at": timezone.now(),
        "rows_written": 1,
        "rows_expected": 2,
    },
]


@pytest.mark.parametrize("fields", IMPOSSIBLE, ids=" ".join)
def test_impossible_job_is_refused_by_the_database(fields):
    job()

    with pytest.raises(IntegrityError), transaction.atomic():
        ExportJob.objects.update(**fields)


@pytest.mark.parametrize(
    "fields", [{"rows_expected": 2}, {"state": "gone"}], ids=" ".join
)
def test_impossible_file_is_refused_by_the_database(fields):
    file_of(job(), at=timezone.now())

    with pytest.raises(IntegrityError), transaction.atomic():
        ExportFile.objects.update(**fields)


def test_job_and_file_show_what_they_are():
    made = job()

    assert (str(made), made.seconds) == (made.job_id, None)
    assert made.job_id.removeprefix("job_") == made.export_id.removeprefix("exp_")
    done = ended(claimed(made), JobStatus.CANCELLED)
    assert done.seconds == (done.completed_at - done.started_at).total_seconds()
    assert str(ExportFile(name="a.csv")) == "a.csv"
