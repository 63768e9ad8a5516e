"""Errors as RFC 9457 has them, when Accept names its type."""

from datetime import datetime

import pytest
from django.test import Client

from kyb_export.problems import PROBLEM
from tests import make
from tests.exports.views.asking import client

pytestmark = pytest.mark.django_db


def test_error_of_a_view_is_a_problem():
    business = make.business("business_mine")
    sent = {"business_id": business.id, "export_type": "reports", "format": "cvs"}

    answer = client(business).post(
        "/v1/export",
        sent,
        format="json",
        headers={"Accept": PROBLEM, "X-Request-ID": "req-1"},
    )

    told = answer.json()
    datetime.fromisoformat(told.pop("timestamp"))
    message = told["details"][0]["message"]
    assert answer["Content-Type"] == PROBLEM
    assert told == {
        "type": "urn:kyb-export:error:VALIDATION_ERROR",
        "title": "Bad Request",
        "status": 400,
        "detail": message,
        "instance": "urn:kyb-export:request:req-1",
        "code": "VALIDATION_ERROR",
        "details": [{"field": "format", "message": message}],
    }


@pytest.mark.parametrize(
    ("address", "host", "status", "code"),
    [
        ("/v1/export/types", "testserver", 401, "UNAUTHORIZED"),
        ("/nonesuch", "testserver", 404, "NOT_FOUND"),
        ("/admin/", "evil.example.com", 400, "VALIDATION_ERROR"),
    ],
)
def test_errors_outside_of_views_are_problems_too(address, host, status, code):
    answer = Client().get(address, headers={"Accept": PROBLEM, "Host": host})

    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (
        status,
        PROBLEM,
        code,
    )


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json, application/problem+json;q=0.5", PROBLEM),
        ("Application/Problem+JSON", PROBLEM),
        ("application/problem+json;q=0", "application/json"),
        ("application/problem+json;q=0.00", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("", "application/json"),
    ],
)
def test_only_who_asks_for_a_problem_gets_one(accept, kind):
    answer = Client().get("/nonesuch", headers={"Accept": accept})

    assert answer["Content-Type"] == kind


def test_what_is_no_error_is_no_problem():
    caller = client(make.business())

    answer = caller.get("/v1/export/types", headers={"Accept": PROBLEM})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
