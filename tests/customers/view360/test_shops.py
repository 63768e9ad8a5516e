"""Whole shops: the view's figures are those of a second, independent computation."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from customers.clearance import Clearance
from customers.demo.make import Amounts
from customers.demo.make import make as make_up
from customers.models import Business, Customer
from customers.registries import northwind, online_retail
from customers.view360 import read
from customers.view360.shape import Sections, View
from tests import make
from tests.customers.view360.asked import BOTH
from tests.customers.view360.reckoned import Reckoner

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)

EVERYTHING = Sections(analytics=True, order_limit=None)


def made_up(business: Business, *, seed: int, until: date) -> None:
    """Cancelled lines, tickets, levels, points: what the real shops do not have."""
    amounts = Amounts(companies=400, verifications=20)
    make_up(
        business,
        amounts=amounts,
        seed=seed,
        until=until,
        watch=lambda _, rows, __: rows,
    )


def looked_at(business: Business, now: datetime, *, most: int) -> list[View]:
    """The views of all customers, each of which has been reckoned anew.

    Another business has a customer of the same name with an order of their own.
    """
    reckoner = Reckoner(business, now)
    ids = sorted(reckoner.customers)[:most]
    namesake = make.customer(make.business("business_other"), external_id="ALFKI")
    make.order(namesake, lines=[{"unit_price": 999}])
    views = [
        read(
            customer_id,
            business_ids=frozenset({business.pk}),
            sections=EVERYTHING,
            clearance=Clearance.SENSITIVE,
            now=now,
        )
        for customer_id in ids
    ]
    for customer_id, view in zip(ids, views, strict=True):
        assert vars_of(view.metrics) == reckoner.metrics(customer_id)
        assert scores_of(view) == reckoner.scores(customer_id)
        assert analytics_of(view) == reckoner.analytics(
            customer_id, view.metrics.currency
        )
        assert orders_of(view) == [
            (order["number"], order["status"], total_of(reckoner, order))
            for order in newest_first(reckoner.orders[customer_id])
        ]
    return views


def vars_of(value):
    return {name: getattr(value, name) for name in value.__slots__}


def scores_of(view):
    parts = ("score", "purchase", "engagement", "support", "recency")
    return {name: getattr(view.health, name) for name in parts} | {
        "risk": view.churn.risk
    }


def analytics_of(view):
    return {
        "months": [(m.month, m.orders, m.spent) for m in view.analytics.months],
        "products": [
            (p.sku, p.name, p.quantity, p.spent) for p in view.analytics.products
        ],
    }


def orders_of(view):
    return [(order.number, order.status, order.total) for order in view.orders]


def total_of(reckoner, order):
    return 0 if order["status"] == "cancelled" else reckoner.worth(order)


def newest_first(orders):
    by_id = sorted(orders, key=lambda order: order["id"])
    return sorted(by_id, key=lambda order: order["ordered_at"], reverse=True)


def test_every_northwind_customer_has_the_figures_of_the_rows(settings):
    now = datetime(1998, 5, 8, 3, 0, tzinfo=UTC)  # the evening before, in New York
    business = make.business(time_zone="America/New_York", currency="USD")
    folder = Path(settings.DATA_DIR) / "northwind"
    if folder.is_dir():
        northwind.import_orders(folder, business=business)
    else:
        made_up(business, seed=7, until=now.date())

    views = looked_at(business, now, most=1000)

    assert len(views) == Customer.objects.for_business(business.pk).count()
    assert {view.metrics.currency for view in views} == {"USD"}


def test_200_online_retail_customers_have_the_figures_of_the_rows(settings):
    now = datetime(2010, 12, 20, 16, 0, tzinfo=UTC)  # the day after, in Tokyo
    business = make.business(time_zone="Asia/Tokyo", currency="JPY")
    path = Path(settings.DATA_DIR) / "online_retail_10000.csv"
    if path.is_file():
        online_retail.import_orders(path, business=business)
    else:
        made_up(business, seed=8, until=now.date())

    views = looked_at(business, now, most=200)

    is_real = path.is_file()
    assert len(views) == (200 if is_real else 40)
    assert {view.metrics.currency for view in views} <= {"GBP", "JPY"}


def test_made_up_customers_have_the_figures_of_the_rows():
    now = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)
    business = make.business(time_zone="Europe/Berlin")
    made_up(business, seed=9, until=now.date())

    views = looked_at(business, now, most=40)

    bands = Counter(view.churn.band for view in views)
    assert len(bands) > 1
    assert any(
        line.cancelled
        for view in views
        for order in view.orders
        for line in order.lines
    )
