"""How the view is read: by so many queries, from these tables, and no others."""

import re

import pytest

from customers.clearance import Clearance
from customers.view360 import ViewClosed
from tests import make
from tests.customers.view360.asked import BOTH, capturing, opened, statements, view
from tests.customers.view360.shoppers import shopper

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)

ALWAYS = {"business", "customer", "order", "orderline", "supportticket"}


def tables(queries: list[str]) -> set[str]:
    return set(re.findall(r'"customers_(\w+?)"', " ".join(queries)))


@pytest.mark.parametrize("limit", [1000, None])
def test_queries_are_as_many_for_300_orders_as_for_3(limit):
    counts = []
    for orders in (3, 300):
        customer = shopper(orders)
        with capturing() as captured:
            read = view(customer, order_limit=limit)
        counts.append((len(statements(captured)), len(captured), len(read.orders)))

    few, many = counts
    assert (few[0], few[2], many[2]) == (11, 3, 300)
    assert few[:2] == many[:2]


@pytest.mark.parametrize(
    ("asked", "queries", "expected"),
    [
        ({}, 11, {*ALWAYS, "note", "tag", "segment"}),
        ({"tags": False}, 9, {*ALWAYS, "note"}),
        ({"notes": False}, 10, {*ALWAYS, "tag", "segment"}),
        ({"orders": False}, 10, {*ALWAYS, "note", "tag", "segment"}),
        ({"analytics": False}, 8, {*ALWAYS, "note", "tag", "segment"}),
        (dict.fromkeys(("orders", "notes", "tags", "analytics"), False), 4, ALWAYS),
    ],
)
def test_section_that_is_not_asked_for_is_not_queried(asked, queries, expected):
    customer = shopper(3)

    with capturing() as captured:
        view(customer, **asked)

    read = statements(captured)
    assert (len(read), tables(read)) == (queries, expected)


def test_lines_are_reached_through_the_orders_alone():
    """By their business, SQLite would read all that the business ever sold."""
    customer = shopper(3)

    with capturing() as captured:
        view(customer)

    read = " ".join(statements(captured))
    assert '"customers_orderline"."order_id"' in read
    assert '"customers_orderline"."business_id"' not in read


def test_nothing_is_read_outside_the_snapshot(django_assert_num_queries):
    customer = shopper(3)

    with django_assert_num_queries(0, using="default"):
        view(customer)


@pytest.mark.parametrize(
    ("clearance", "expected"),
    [
        (Clearance.INTERNAL, set()),
        (Clearance.PERSONAL, {"name", "email", "phone", "addresses", "author"}),
        (
            Clearance.SENSITIVE,
            {"name", "email", "phone", "addresses", "author", "body"},
        ),
    ],
)
def test_what_is_above_the_clearance_is_not_read_at_all(clearance, expected):
    customer = shopper(3)

    with capturing() as captured:
        view(customer, clearance=clearance)

    columns = re.findall(
        r'"customers_(?:customer|note)"\."(\w+)"', " ".join(statements(captured))
    )
    delicate = {"name", "email", "phone", "addresses", "author", "body"}
    assert delicate.intersection(columns) == expected


def test_view_is_of_one_moment():
    customer = shopper(3)

    with opened(customer, order_limit=None) as told:
        make.order(customer)
        numbers = [order.number for order in told.orders]

    assert len(numbers) == told.orders_found == told.metrics.total_orders == 3
    later = view(customer)
    assert later.orders_found == 4
    assert later.revision > told.revision


def test_orders_come_newest_first_ties_by_id_lines_by_position():
    customer = shopper(300)

    with opened(customer, order_limit=None) as told:
        orders = list(told.orders)

    expected = customer.orders.order_by("-ordered_at", "id")
    assert [order.number for order in orders] == [order.number for order in expected]
    assert {tuple(line.sku for line in order.lines) for order in orders} == {
        ("SKU-1", "SKU-2", "SKU-3")
    }


def test_limited_and_streamed_orders_are_the_same():
    customer = shopper(30)
    make.order(customer, lines=[])

    with opened(customer, order_limit=None) as told:
        streamed = tuple(told.orders)

    assert view(customer, order_limit=1000).orders == streamed
    assert view(customer, order_limit=7).orders == streamed[:7]


def test_orders_cannot_be_read_when_the_view_is_closed():
    customer = shopper(3)

    with opened(customer, order_limit=None) as told:
        orders = iter(told.orders)
        next(orders)

    with pytest.raises(ViewClosed, match="the view is closed"):
        next(orders)


def test_orders_of_a_stream_can_be_read_once():
    customer = shopper(3)

    with opened(customer, order_limit=None) as told:
        first = list(told.orders)
        with pytest.raises(ViewClosed, match="read already"):
            list(told.orders)

    assert len(first) == 3


def test_stream_that_is_left_half_way_lets_go_of_the_snapshot():
    customer = shopper(3)
    with opened(customer, order_limit=None) as told:
        next(iter(told.orders))

    make.order(customer)

    assert view(customer).orders_found == 4
