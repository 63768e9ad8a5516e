"""Orders without limit: as flat in memory for many as for few."""

import tracemalloc

import pytest
from django.db import connections

from tests import make
from tests.customers.view360.asked import BOTH, opened
from tests.customers.view360.shoppers import shopper

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)

LONG = [pytest.mark.slow, pytest.mark.timeout(600)]
CURSORS = {
    "postgresql": "SELECT count(*) FROM pg_cursors",
    "sqlite": "SELECT 1",  # each of its cursors is stepped through
}


def read_out(customer) -> tuple[int, int]:
    """How many orders there were, and the bytes that reading them took at most."""
    with opened(customer, order_limit=None) as told:
        tracemalloc.start()
        try:
            count = sum(1 for _ in told.orders)
            return count, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


@pytest.mark.memory
@pytest.mark.parametrize(
    ("few", "many"),
    [(1_500, 4_500), pytest.param(10_000, 100_000, marks=LONG)],
)
def test_memory_does_not_grow_with_the_orders(few, many):
    buyers = [shopper(few, lines=1), shopper(many, lines=1, neighbour=False)]
    read_out(make.customer(buyers[0].business))  # what is made once, is made by now

    (least, small), (most, large) = map(read_out, buyers)

    assert (least, most) == (few, many)
    assert large < small * 1.2


def test_database_keeps_the_rows_until_they_are_wanted():
    customer = shopper(3)

    with opened(customer, order_limit=None) as told:
        orders = iter(told.orders)
        next(orders)
        with connections["snapshot"].cursor() as cursor:
            cursor.execute(CURSORS[connections["snapshot"].vendor])
            [held] = cursor.fetchone()

    assert held == 1
