"""Figures of the tables, as they are told."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from exports import metrics
from exports.metrics import tables
from exports.metrics.ended import BOUNDS, Ended, Kind, Sums
from exports.models import ExportJob, Mode, Worker
from tests.exports.jobs_made import claimed, job
from tests.exports.metrics.reading import figures, of

pytestmark = pytest.mark.django_db
UP = "kyb_part_up"


@pytest.fixture(autouse=True)
def ended(monkeypatch):
    """Of this test alone."""
    made = Ended()
    monkeypatch.setattr(tables, "ENDED", made)
    return made


def test_queues_are_told_though_nothing_waits():
    found = figures()

    for name in ("waiting", "running", "oldest_waiting_seconds"):
        assert of(found, f"kyb_jobs_{name}", queue="interactive") == 0
        assert of(found, f"kyb_jobs_{name}", queue="bulk") == 0
    assert of(found, "kyb_workers_seen") == 0


def test_parts_are_told_whether_they_answer():
    page = metrics.text(parts={"cache": True, "storage": False}, now=timezone.now())

    told = {labels: up for (name, labels), up in figures(page).items() if name == UP}
    assert told == {
        frozenset({("part", "cache")}): 1,
        frozenset({("part", "storage")}): 0,
    }


def test_jobs_of_each_queue_and_workers_are_told():
    old = job(max_rows=None)
    then = timezone.now() - timedelta(seconds=90)
    ExportJob.objects.filter(pk=old.pk).update(created_at=then)
    job(max_rows=None)
    claimed(job())
    job(mode=Mode.IMMEDIATE)
    Worker.objects.note("here:1")
    Worker.objects.create(name="a", seen_at=timezone.now() - timedelta(seconds=61))

    found = figures()

    told = {
        (name, queue): of(found, f"kyb_jobs_{name}", queue=queue)
        for name in ("waiting", "running")
        for queue in ("interactive", "bulk")
    }
    assert told == {
        ("waiting", "interactive"): 0,
        ("waiting", "bulk"): 2,
        ("running", "interactive"): 1,
        ("running", "bulk"): 0,
    }
    age = of(found, "kyb_jobs_oldest_waiting_seconds", queue="bulk")
    assert age is not None
    assert 90 <= age < 120
    assert of(found, "kyb_workers_seen") == 1


def test_exports_are_told_by_their_labels(ended):
    taken, none = timedelta(seconds=8.5), (0,) * len(BOUNDS)
    complete = Kind("reports", "pdf", "inline", "completed", "")
    ended.kept = {
        complete: Sums(2, 30, 4000, taken, (1,) * len(BOUNDS)),
        complete._replace(export_type="analytics"): Sums(1, 5, 100, taken, none),
        complete._replace(outcome="failed", error_code="EXPORT_ERROR"): Sums(9, 0, 0),
        complete._replace(outcome="cancelled"): Sums(8, 0, 0, taken, none),
    }

    found = figures()

    labels = {"type": "reports", "format": "pdf"}
    all_labels = labels | {"mode": "inline", "error_code": ""}
    seconds = {"format": "pdf", "mode": "inline"}
    name = "kyb_exports_total"
    assert of(found, name, **all_labels, outcome="completed") == 2
    assert of(found, name, **all_labels, outcome="cancelled") == 8
    failed = all_labels | {"error_code": "EXPORT_ERROR"}
    assert of(found, name, **failed, outcome="failed") == 9
    assert of(found, "kyb_export_rows_total", **labels) == 30
    assert of(found, "kyb_export_bytes_total", **labels) == 4000
    assert of(found, "kyb_export_seconds_count", **seconds) == 3
    assert of(found, "kyb_export_seconds_sum", **seconds) == 17
    assert of(found, "kyb_export_seconds_bucket", **seconds, le="0.05") == 1
    assert of(found, "kyb_export_seconds_bucket", **seconds, le="+Inf") == 3


def test_without_the_database_the_rest_is_told(monkeypatch):
    def away():
        raise DatabaseError("down")

    monkeypatch.setattr(Worker.objects, "seen_lately", away)

    found = figures()

    assert of(found, UP, part="database") == 1
    assert {name for name, _ in found if name.startswith("kyb_jobs")} == set()
    assert {name for name, _ in found if name.startswith("kyb_limit")} != set()
