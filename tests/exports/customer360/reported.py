"""A customer with something of each kind, beside another's, and who may export them."""

import pytest

from tests import make
from tests.exports.customer360.staff_asks import token_client


@pytest.fixture(autouse=True)
def often(settings):
    settings.EXPORTS = settings.EXPORTS | {"RATE_LIMIT_MAX": 50}


@pytest.fixture
def mine():
    other = make.customer(make.business("business_other"), name="Somebody else")
    make.order(other, number="THEIRS")
    customer = make.customer(make.business("business_mine"), name="Ada Lovelace")
    make.order(customer, number="MINE")
    make.note(customer, body="Careful.")
    make.tag(customer)
    return customer


@pytest.fixture
def staff(mine):
    return token_client("manager", mine.business)
