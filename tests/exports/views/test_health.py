from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone
from rest_framework.test import APIClient

from exports import health
from exports.errors import TemplateNotFound
from exports.models import ExportJob, Mode, Worker
from exports.states import JobStatus
from tests.exports.jobs_made import in_state, job
from tests.exports.views.asking import BOTH, error

pytestmark = pytest.mark.django_db(databases=BOTH)


def test_process_answers_anybody():
    answer = APIClient().get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_when_every_part_answers():
    answer = APIClient().get("/readyz")

    parts = {"database": True, "cache": True, "storage": True}
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "parts": parts},
    )


def test_not_ready_when_a_part_is_away(monkeypatch):
    def away():
        raise DatabaseError("down")

    monkeypatch.setitem(health.PARTS, "database", away)

    answer = APIClient().get("/readyz")

    parts = {"database": False, "cache": True, "storage": True}
    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "unavailable", "parts": parts},
    )


def test_exports_are_well_when_templates_are_found_too():
    answer = APIClient().get("/v1/health/export")

    parts = dict.fromkeys(("database", "cache", "storage", "templates"), True)
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "parts": parts},
    )


def test_exports_are_not_well_without_templates(monkeypatch):
    def away():
        raise TemplateNotFound("none")

    monkeypatch.setitem(health.EXPORT_PARTS, "templates", away)

    answer = APIClient().get("/v1/health/export")

    assert (answer.status_code, answer.json()["parts"]["templates"]) == (503, False)
    assert APIClient().get("/readyz").status_code == 200


def work(answer):
    told = answer.json()
    names = ("status", "workers", "waiting", "running")
    return answer.status_code, *(told[name] for name in names)


def test_jobs_are_well_while_nothing_waits():
    answer = APIClient().get("/v1/health/jobs")

    assert work(answer) == (200, "ok", 0, 0, 0)
    assert answer.json()["oldest_seconds"] is None


def test_jobs_that_wait_without_a_worker_are_not_well():
    made = job()
    in_state(JobStatus.PROCESSING)
    job(mode=Mode.IMMEDIATE)
    then = timezone.now() - timedelta(seconds=90)
    ExportJob.objects.filter(pk=made.pk).update(created_at=then)
    job()

    answer = APIClient().get("/v1/health/jobs")

    assert work(answer) == (503, "unavailable", 0, 2, 1)
    assert 90 <= answer.json()["oldest_seconds"] < 120


def test_jobs_that_wait_for_a_worker_are_well():
    job()
    Worker.objects.note("here:1")

    assert work(APIClient().get("/v1/health/jobs")) == (200, "ok", 1, 1, 0)


def test_worker_that_is_silent_for_a_minute_does_not_count():
    job()
    Worker.objects.create(name="a", seen_at=timezone.now() - timedelta(seconds=61))

    assert work(APIClient().get("/v1/health/jobs")) == (503, "unavailable", 0, 1, 0)


def test_jobs_are_not_well_without_the_database(monkeypatch):
    def away():
        raise DatabaseError("down")

    monkeypatch.setattr(Worker.objects, "seen_lately", away)

    answer = APIClient().get("/v1/health/jobs")

    assert work(answer) == (503, "unavailable", None, None, None)


@pytest.mark.parametrize("address", ["/v1/health/export", "/v1/health/jobs"])
def test_health_takes_no_parameters(address):
    assert error(APIClient().get(f"{address}?x=1")) == (400, "VALIDATION_ERROR", ["x"])
