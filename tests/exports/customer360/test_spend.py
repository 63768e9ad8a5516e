from datetime import date, datetime
from decimal import Decimal

from customers.view360.shape import Analytics, Spend
from exports.customer360.spend import drawn
from tests.exports.customer360 import views_made as made
from tests.exports.customer360.pictures import rectangles, texts


def labels(chart: str) -> list[str]:
    return texts(chart, anchor="middle")


def heights(chart: str) -> list[float]:
    return [float(bar["height"]) for bar in rectangles(chart)]


def at(moment: str, total: int, **changes):
    return made.order(
        ordered_at=datetime.fromisoformat(moment), total=Decimal(total), **changes
    )


def test_spend_is_summed_by_month_without_gaps():
    orders = (at("2024-04-02T00:00Z", 30), at("2024-04-01T00:00Z", 70))
    orders += (at("2024-01-31T12:00Z", 50),)

    found = drawn(made.view(3, orders=orders, analytics=None), orders)

    assert found
    assert labels(found.chart) == ["Jan 24", "Feb 24", "Mar 24", "Apr 24"]
    assert heights(found.chart) == [51.0, 0.0, 0.0, 102.0]


def test_spend_counts_months_in_the_zone_of_the_business():
    orders = (at("2024-01-31T23:30Z", 50),)
    view = made.view(1, orders=orders, analytics=None, time_zone="Asia/Tokyo")

    found = drawn(view, orders)

    assert found
    assert labels(found.chart) == ["Feb 24"]


def test_spend_counts_no_cancelled_order_and_no_other_currency():
    orders = (
        at("2024-03-01T00:00Z", 30, status="cancelled"),
        at("2024-02-01T00:00Z", 30, currency="EUR"),
        at("2024-01-01T00:00Z", 30),
    )

    found = drawn(made.view(3, orders=orders, analytics=None), orders)

    assert found
    assert labels(found.chart) == ["Jan 24"]


def test_spend_of_analytics_rules_over_that_of_the_orders():
    months = (Spend(date(2023, 1, 1), 1, Decimal(5)),)
    view = made.view(3, analytics=Analytics(months, (), ()))

    found = drawn(view, tuple(view.orders))

    assert found
    assert labels(found.chart) == ["Jan 23"]
    assert found.aside == "In GBP. "


def test_spend_of_many_years_is_summed_by_year():
    months = tuple(
        Spend(date(2010 + place // 12, place % 12 + 1, 1), 1, Decimal(10))
        for place in range(126)
    )

    found = drawn(made.view(0, analytics=Analytics(months, (), ())), ())

    assert found
    assert found.title == "Spend by year"
    assert labels(found.chart) == [str(year) for year in range(2010, 2021)]


def test_spend_says_which_orders_it_leaves_out():
    view = made.view(2, orders_found=2400, analytics=None)

    found = drawn(view, tuple(view.orders))

    assert found
    assert found.aside == "In GBP. Of the newest 2 of 2,400 orders."


def test_spend_of_nothing_is_not_drawn():
    free = (at("2024-01-01T00:00Z", 0),)

    assert drawn(made.view(0, **made.NO_ORDERS), ()) is None
    assert drawn(made.view(1, orders=free, analytics=None), free) is None
