"""Months without gaps, orders by status, what was bought most."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from customers.view360.shape import Product, Spend
from tests import make
from tests.customers.view360.asked import BOTH, view

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)


def bought(of, *lines, **values):
    """In another business the same was bought at the same time."""
    make.order(make.customer(make.business("business_other")), lines=lines, **values)
    return make.order(of, lines=lines, **values)


def test_months_are_the_business_own_without_gaps():
    customer = make.customer(make.business(time_zone="Asia/Tokyo"))
    # Tokyo is nine hours ahead: the first of these is already in November.
    bought(customer, {}, ordered_at=datetime(2024, 10, 31, 15, tzinfo=UTC))
    bought(customer, {}, {}, ordered_at=datetime(2024, 11, 30, 14, tzinfo=UTC))
    bought(customer, ordered_at=datetime(2025, 1, 10, tzinfo=UTC))

    months = view(customer).analytics.months

    assert months == (
        Spend(date(2024, 11, 1), 2, Decimal("30.00")),
        Spend(date(2024, 12, 1), 0, Decimal("0.00")),
        Spend(date(2025, 1, 1), 1, Decimal("0.00")),
    )


def test_cancelled_orders_and_lines_are_in_no_month_and_no_product():
    customer = make.customer()
    bought(
        customer, {}, status="cancelled", ordered_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    bought(customer, {"cancelled": True}, {"sku": "KEPT"})

    analytics = view(customer).analytics

    assert [(month.orders, month.spent) for month in analytics.months] == [(1, 10)]
    assert [product.sku for product in analytics.products] == ["KEPT"]


def test_statuses_are_counted_by_name():
    customer = make.customer()
    for status in ("shipped", "cancelled", "completed", "shipped"):
        bought(customer, status=status)

    statuses = view(customer).analytics.statuses

    assert statuses == (("cancelled", 1), ("completed", 1), ("shipped", 2))


def test_products_are_the_ten_most_paid_for_ties_by_code_point():
    customer = make.customer()
    names = ["b", "a", "Z", "é", "_", "10", "9", "ab", "aB", "B"]
    lines = [{"sku": name} for name in names]
    bought(
        customer, *lines, {"sku": "dear", "quantity": 3}, {"sku": "~", "quantity": 0}
    )

    products = view(customer).analytics.products

    assert [product.sku for product in products] == ["dear", *sorted(names)[:9]]


def test_product_sums_its_lines_and_has_one_of_its_names():
    customer = make.customer()
    price = Decimal("0.1000")
    bought(customer, {"quantity": 3, "unit_price": price, "product_name": ""})
    bought(customer, {"quantity": 7, "unit_price": price, "product_name": "Lantern"})
    bought(customer, {"quantity": -1, "unit_price": price, "product_name": "LANTERN"})

    products = view(customer).analytics.products

    assert products == (Product("SKU-1", "Lantern", 9, Decimal("0.90")),)


def test_sums_are_exact_where_floats_are_not():
    customer = make.customer()
    dear = {"amount": Decimal("99999999999.99")}
    bought(customer, *[dear] * 9, *[{"amount": Decimal("0.01")}] * 3)

    told = view(customer)

    expected = Decimal("899999999999.94")
    assert told.metrics.total_spent == expected
    assert told.analytics.months[0].spent == expected
    assert told.analytics.products[0].spent == expected
    assert next(iter(told.orders)).total == expected
