"""What a report that was built before costs: so many statements, whatever is in it."""

import re
from typing import Any, Final

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.exports.customer360.staff_asks import get, token_client
from tests.exports.views.asking import BOTH

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)

NEEDED: Final = [
    *("customers_stafftoken", "customers_membership"),  # who asks, and what they may
    "customers_customer",  # whether it is theirs, and its revision
    "customers_auditevent",
]


def tables(asked: CaptureQueriesContext) -> list[Any]:
    """The first one of each statement."""
    found = [re.search(r'(?:FROM|INTO) "(\w+)"', each["sql"]) for each in asked]
    return [each and each[1] for each in found]


@pytest.mark.parametrize("format_name", ["pdf", "csv", "xlsx", "json"])
def test_hit_asks_the_database_for_what_it_needs_alone(format_name):
    mine = make.customer(make.business("business_mine"))
    make.order(mine)
    make.order(make.customer(make.business("business_other")))
    staff = token_client("manager", mine.business)
    miss = get(staff, mine, format=format_name)

    with (
        CaptureQueriesContext(connections["default"]) as asked,
        CaptureQueriesContext(connections["snapshot"]) as read,
    ):
        hit = get(staff, mine, format=format_name)

    assert (miss["X-Cache"], hit["X-Cache"]) == ("MISS", "HIT")
    assert (tables(asked), tables(read)) == (NEEDED, [])
