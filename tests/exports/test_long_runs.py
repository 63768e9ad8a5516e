"""A real run in a thread, slow enough to be met in the middle."""

import threading
from time import sleep

import pytest
from django.db import connection, connections
from django.utils import timezone

from exports import jobs, runs
from exports.models import ExportFile, ExportJob
from exports.pipeline.renderers.csv import Csv
from tests import make
from tests.exports.jobs_made import claimed, deeds_of, job
from tests.exports.stored import mine_of_three as mine
from tests.exports.stored import stored
from tests.exports.views.asking import BOTH

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
__all__ = ["mine"]
QUEUE = "interactive"


@pytest.fixture
def slow(monkeypatch, settings):
    """Blocks of one row, and a renderer that rests before each."""
    settings.EXPORTS = {
        **settings.EXPORTS,
        "PROGRESS_SECONDS": 0.02,
        "HEARTBEAT_SECONDS": 0.05,
    }
    monkeypatch.setattr("exports.pipeline.rows.BLOCK_ROWS", 1)
    block = Csv.block

    def rested(self, cells):
        sleep(0.15)
        return block(self, cells)

    monkeypatch.setattr(Csv, "block", rested)


def in_thread(queue: str = QUEUE) -> threading.Thread:
    def run():
        try:
            runs.work(queue, worker="w1")
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def until(condition, seconds: float = 60) -> None:
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        sleep(0.02)
    raise AssertionError("it did not come to pass")


@pytest.fixture
def long_job(mine, slow):
    company = make.company(mine)
    for _ in range(40):
        make.verification(company)
    return job(mine)


def current() -> ExportJob:
    connection.close_if_unusable_or_obsolete()
    return ExportJob.objects.get()


def test_running_job_is_cancelled_within_a_batch(long_job):
    worker = in_thread()
    until(lambda: current().rows_written > 1)
    parts = stored()

    jobs.cancel(current(), actor=make.SYSTEM, now=timezone.now())
    asked = current().rows_written
    worker.join(timeout=60)

    done = current()
    assert parts == [f"business_mine/{long_job.pk}/1.csv.part"]
    assert (done.status, done.error_code) == ("cancelled", "")
    assert done.rows_written <= asked + 3
    assert (stored(), ExportFile.objects.count()) == ([], 0)
    assert deeds_of(long_job) == [
        *("export.requested", "export.processing"),
        *("export.cancel_requested", "export.cancelled"),
    ]


def test_run_stops_when_its_lease_is_lost(long_job):
    worker = in_thread()
    until(lambda: current().rows_written > 1)

    claimed(current())
    worker.join(timeout=60)

    assert not worker.is_alive()
    now = current()
    assert (now.status, now.worker, now.fence) == ("processing", "another", 2)
    assert stored() == []
    assert deeds_of(long_job) == ["export.requested", "export.processing"]


def test_progress_of_a_run_rises_and_never_falls(long_job):
    worker = in_thread()
    seen: list[tuple[float, int]] = []
    while worker.is_alive():
        now = current()
        seen.append((now.progress, now.current_step))
        sleep(0.05)
    worker.join()

    progress = [each for each, _ in seen]
    steps = [step for _, step in seen if step]
    assert progress == sorted(progress)
    assert len(set(progress)) > 5
    assert steps == sorted(steps)
    assert (current().status, current().progress) == ("completed", 1.0)
