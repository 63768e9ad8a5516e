"""What was dropped is taken up again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exports import claims
from exports.models import ExportJob, Mode
from tests import make
from tests.exports.claiming import QUEUE, claim, told
from tests.exports.jobs_made import claimed, deeds_of, job

pytestmark = pytest.mark.django_db
__all__ = ["told"]


def reap() -> int:
    return claims.reap(now=timezone.now())


def test_reap_leaves_what_is_alive(told):
    made = claimed(job(), seconds=60)

    assert reap() == 0
    assert (ExportJob.objects.get().status, told) == ("processing", [])
    assert deeds_of(made) == ["export.requested"]


def test_reap_gives_a_dropped_job_back(told):
    made = claimed(job(), seconds=-1)

    assert reap() == 1
    stored = ExportJob.objects.get()
    assert (stored.status, stored.lease_until, stored.worker) == ("pending", None, "")
    assert (stored.attempt, told) == (1, [QUEUE])
    assert deeds_of(made) == ["export.requested", "export.pending"]


def test_reap_fails_a_job_that_was_lost_too_often():
    made = job()
    for _ in range(3):
        assert claim() == made
        ExportJob.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        reap()

    stored = ExportJob.objects.get()
    assert (stored.status, stored.error_code) == ("failed", "worker_lost")
    assert stored.error_message == "the worker was lost 3 times"
    assert deeds_of(made) == [
        "export.requested",
        *("export.processing", "export.pending") * 2,
        *("export.processing", "export.failed"),
    ]


@pytest.mark.parametrize("mode", [Mode.IMMEDIATE, Mode.COMMAND])
def test_reap_fails_what_nobody_waits_for_any_more(mode, told):
    claimed(job(mode=mode), seconds=-1)

    assert reap() == 1
    stored = ExportJob.objects.get()
    assert (stored.status, stored.error_code) == ("failed", "worker_lost")
    assert told == []


def test_reap_cancels_a_dropped_job_that_is_not_wanted():
    claimed(job(), seconds=-1, cancel_requested=True)

    assert reap() == 1
    assert ExportJob.objects.get().status == "cancelled"


@pytest.mark.parametrize("mode", [Mode.IMMEDIATE, Mode.INLINE, Mode.COMMAND])
def test_reap_fails_what_its_process_never_began(mode):
    made = job(mode=mode)
    assert reap() == 0
    ExportJob.objects.update(created_at=timezone.now() - timedelta(minutes=1))

    assert reap() == 1
    stored = ExportJob.objects.get()
    assert (stored.status, stored.error_code) == ("failed", "worker_lost")
    assert deeds_of(made) == ["export.requested", "export.failed"]


def test_reap_sends_again_when_the_broker_was_away(told, monkeypatch):
    job()
    told.clear()
    ExportJob.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    with monkeypatch.context() as away:
        away.setattr("exports.dispatch.wake", lambda _: False)
        reap()

    reap()

    assert told == [QUEUE]


def test_reap_yields_to_a_reaper_that_was_faster(monkeypatch):
    made = claimed(job(), seconds=-1)
    abandoned = list(ExportJob.objects.abandoned())
    claimed(made)
    monkeypatch.setattr("exports.models.JobQuerySet.abandoned", lambda _: abandoned)

    reap()

    assert ExportJob.objects.get().status == "processing"
    assert deeds_of(made) == ["export.requested"]


@pytest.mark.parametrize(
    ("created", "woken", "messages"),
    [(0, None, []), (10, None, [QUEUE]), (600, 10, []), (600, 70, [QUEUE])],
)
def test_reap_sends_the_message_that_was_lost(told, created, woken, messages):
    job()
    told.clear()
    now = timezone.now()
    ExportJob.objects.update(
        created_at=now - timedelta(seconds=created),
        woken_at=woken and now - timedelta(seconds=woken),
    )

    assert reap() == len(messages)

    assert told == messages
    told.clear()
    assert (reap(), told) == (0, [])


def test_reap_sends_a_few_messages_at_a_time(told):
    for _ in range(6):
        job(make.business("business_mine"))
    ExportJob.objects.update(created_at=timezone.now() - timedelta(minutes=1))

    counts = [reap(), reap(), reap()]

    assert counts == [4, 2, 0]
