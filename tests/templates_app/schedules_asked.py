"""Schedules asked for over HTTP, of a business whose clocks change."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from customers.models import Business
from tests import make
from tests.exports.views.asking import client
from tests.templates_app.schedules_made import ADDRESS, SCOPES, body, schedule


@pytest.fixture
def mine() -> Business:
    return make.business("business_mine", name="Mine", time_zone="Europe/Berlin")


@pytest.fixture
def caller(mine) -> APIClient:
    schedule(make.business("business_other"))
    return client(mine, scopes=SCOPES)


def keep(of: APIClient, mine: Business, **values: Any) -> dict[str, Any]:
    answer = of.post(ADDRESS, body(mine, **values), format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def patch(of: APIClient, told: dict[str, Any], **values: Any) -> Any:
    return of.patch(f"{ADDRESS}/{told['schedule_id']}", values, format="json")
