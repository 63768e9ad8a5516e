import pytest
from django.db import DatabaseError
from rest_framework.test import APIClient

from exports import health
from tests.exports.views.asking import BOTH

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
