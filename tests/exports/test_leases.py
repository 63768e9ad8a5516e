# ruff: noqa: SLF001 -- a single beat is looked at, without waiting for its thread
from datetime import timedelta
from time import sleep

import pytest
from django.db import DatabaseError
from django.utils import timezone

from customers.clearance import Clearance
from exports.errors import Cancelled, LeaseLost, SizeExceeded
from exports.leases import Lease
from exports.models import ExportJob, Mode
from exports.pipeline.spec import ExportSpec
from tests.exports.jobs_made import claimed, ended, job

pytestmark = pytest.mark.django_db


@pytest.fixture
def quick(settings):
    settings.EXPORTS = {
        **settings.EXPORTS,
        "PROGRESS_SECONDS": 0.02,
        "HEARTBEAT_SECONDS": 0.1,
    }


def lease_of(made: ExportJob, **values) -> Lease:
    spec = ExportSpec.parse(made.spec, clearance=Clearance.SENSITIVE)
    return Lease(made, spec, **values)


def test_report_renews_the_lease_and_carries_progress():
    made = claimed(job(), seconds=1)
    lease = lease_of(made)
    lease.counted(8)
    lease.step(3)
    lease.wrote(2)

    lease._report()

    stored = ExportJob.objects.get()
    assert (stored.progress, stored.rows_written, stored.rows_expected) == (0.25, 2, 8)
    assert stored.current_step == 3
    assert stored.lease_until - timezone.now() > timedelta(seconds=10)


def test_report_of_nothing_new_waits_for_the_heartbeat(django_assert_num_queries):
    lease = lease_of(claimed(job()))
    lease._report()

    with django_assert_num_queries(0):
        lease._report()


def test_report_of_nothing_new_renews_when_due(settings):
    made = claimed(job(), seconds=1)
    lease = lease_of(made)
    lease._report()
    claimed_until = timezone.now() + timedelta(seconds=1)
    ExportJob.objects.update(lease_until=claimed_until)
    settings.EXPORTS = {**settings.EXPORTS, "HEARTBEAT_SECONDS": 0}

    lease._report()

    assert ExportJob.objects.get().lease_until > claimed_until


def test_progress_never_falls():
    made = claimed(job(), progress=0.75)
    lease = lease_of(made)
    lease.counted(8)
    lease.wrote(2)

    lease._report()

    assert ExportJob.objects.get().progress == 0.75


def test_progress_is_never_more_than_the_whole():
    lease = lease_of(claimed(job()))
    lease.counted(1)
    lease.wrote(2)

    lease._report()

    assert ExportJob.objects.get().progress == 1.0


def test_run_is_stopped_when_another_worker_has_the_job():
    made = claimed(job())
    lease = lease_of(ExportJob.objects.get(pk=made.pk))
    claimed(made)
    lease._report()

    with pytest.raises(LeaseLost):
        lease.wrote(1)
    with pytest.raises(LeaseLost):
        lease.step(4)
    assert ExportJob.objects.get().rows_written == 0


def test_run_is_stopped_when_the_job_has_ended():
    made = claimed(job())
    lease = lease_of(ExportJob.objects.get(pk=made.pk))
    ended(made, "cancelled")
    lease._report()

    with pytest.raises(LeaseLost):
        lease.wrote(1)


def test_run_is_stopped_when_it_is_not_wanted():
    lease = lease_of(claimed(job(), cancel_requested=True))
    lease.wrote(1)
    lease._report()

    with pytest.raises(Cancelled):
        lease.wrote(2)


def test_rows_are_followed():
    seen = []
    lease = lease_of(claimed(job()), follow=lambda *each: seen.append(each))

    lease.wrote(1)
    lease.counted(5)
    lease.wrote(5)

    assert seen == [(1, 0), (5, 5)]


def test_count_beyond_the_immediate_limit_is_refused(settings):
    settings.EXPORTS = {**settings.EXPORTS, "IMMEDIATE_MAX_ROWS": 5}
    lease = lease_of(claimed(job(mode=Mode.IMMEDIATE)))
    lease.counted(5)

    with pytest.raises(SizeExceeded):
        lease.counted(6)


def test_missed_beat_is_not_the_end(monkeypatch, caplog):
    lease = lease_of(claimed(job()))
    write = lease._write

    def away():
        raise DatabaseError("gone for a moment")

    monkeypatch.setattr(lease, "_write", away)
    lease._report()
    lease.wrote(1)
    monkeypatch.setattr(lease, "_write", write)
    lease._report()

    assert "a heartbeat of job_" in caplog.text
    assert ExportJob.objects.get().rows_written == 1


@pytest.mark.django_db(transaction=True)
def test_lease_beats_in_a_thread_of_its_own(quick):
    made = claimed(job(), seconds=0.5)
    first = made.lease_until
    lease = lease_of(made)

    with lease:
        lease.counted(4)
        lease.wrote(1)
        for _ in range(1000):
            stored = ExportJob.objects.get()
            if stored.progress == 0.25 and stored.lease_until > first:
                break
            sleep(0.02)

    assert (stored.progress, stored.lease_until > first) == (0.25, True)
    assert not lease._thread.is_alive()
