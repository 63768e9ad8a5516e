"""A business's own templates, asked for over HTTP."""

import pytest
from rest_framework.test import APIClient

from tests.exports.views.asking import client

ADDRESS = "/v1/export/templates"
SCOPES = ("exports:write", "exports:read", "templates:write")


@pytest.fixture
def caller(mine) -> APIClient:
    return client(mine, scopes=SCOPES)


def body(**values):
    basic = {
        "business_id": "business_mine",
        "id": "good_ones",
        "name": "Good ones",
        "type": "verifications",
        "format": "csv",
    }
    return basic | values


def keep(of, **values):
    answer = of.post(ADDRESS, body(**values), format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def put(of, template_id="good_ones", query="", **values):
    sent = body(**values)
    return of.put(f"{ADDRESS}/{template_id}{query}", sent, format="json")


def patch(of, template_id="good_ones", query="", **values):
    return of.patch(f"{ADDRESS}/{template_id}{query}", values, format="json")
