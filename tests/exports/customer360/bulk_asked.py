"""Bulk exports as staff ask for them over HTTP, and how they are refused."""

from typing import Any

import pytest

from customers.models import Customer, User
from tests import make
from tests.exports.customer360.bulk_made import people

PATH = "/api/admin/customers/export"


@pytest.fixture
def made() -> list[Customer]:
    return people(2)


@pytest.fixture
def manager(made) -> User:
    return make.staff(of=made[0].business)


def refusal(answer: Any) -> tuple[int, str, list[str]]:
    """Status, code, and the fields that the details name."""
    told = answer.json()
    fields = [detail["field"] for detail in told["details"]]
    return answer.status_code, told["code"], fields
