"""The figures, from rows: what counts, in which currency, on which day."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from customers.models import Customer
from customers.view360.shape import Metrics
from tests import make
from tests.customers.view360.asked import BOTH, view

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)


def buyer() -> Customer:
    """With one order of one piece at 10; somebody in another business has that too."""
    make.order(make.customer(make.business("business_other")))
    return make.order(make.customer(make.business("business_mine"))).customer


def test_customer_without_anything_has_sensible_figures():
    make.order(make.customer(make.business("business_other")))
    customer = make.customer(
        registered_at=None, email=None, phone=None, addresses=[], loyalty_level=None
    )

    told = view(customer)

    nought = Decimal("0.00")
    assert told.metrics == Metrics("EUR", nought, 0, nought, nought, -1, Decimal(0), 0)
    assert (told.health.score, told.churn.risk) == (30, Decimal("42.50"))
    assert told.profile.registered_at is None
    assert (told.orders, told.orders_found, told.notes) == ((), 0, ())
    assert (told.analytics.months, told.analytics.products) == ((), ())


def test_cancelled_orders_and_lines_count_for_nothing():
    customer = buyer()
    make.order(customer, status="cancelled", ordered_at=make.NOW)
    make.order(customer, lines=[{}, {"cancelled": True, "unit_price": Decimal(5)}])

    told = view(customer)

    assert (told.metrics.total_orders, told.metrics.total_spent) == (2, Decimal(20))
    assert told.metrics.days_since_last_purchase == 10
    newest = next(iter(told.orders))
    assert (newest.status, newest.total) == ("cancelled", Decimal(0))
    assert told.orders_found == 3


def test_customer_with_cancelled_orders_only_is_registered_but_never_bought():
    customer = make.customer(registered_at=None)
    cancelled = make.order(customer, status="cancelled")
    make.order(make.customer(make.business("business_other")))

    told = view(customer)

    assert told.profile.registered_at == cancelled.ordered_at
    assert told.metrics.days_since_last_purchase == -1
    assert told.metrics.tenure_days == 10


def test_figures_are_of_the_business_currency_and_name_the_others():
    customer = buyer()
    for _ in range(3):
        make.order(customer, currency="USD", lines=[{"unit_price": Decimal(1000)}])
    make.order(customer, currency="GBP", status="cancelled")

    told = view(customer)

    assert (told.metrics.currency, told.metrics.other_currencies) == ("EUR", ("USD",))
    assert (told.metrics.total_orders, told.metrics.total_spent) == (4, Decimal(10))
    assert told.metrics.average_order_value == Decimal(10)
    assert [month.orders for month in told.analytics.months] == [1]
    assert [product.spent for product in told.analytics.products] == [Decimal(10)]


@pytest.mark.parametrize(
    ("currencies", "expected"),
    [
        (["GBP"], ("GBP", ())),
        (["USD", "GBP", "GBP"], ("GBP", ("USD",))),
        (["USD", "GBP"], ("GBP", ("USD",))),
    ],
)
def test_without_an_order_in_the_business_currency_most_orders_decide(
    currencies, expected
):
    customer = make.customer(make.business("business_mine", currency="JPY"))
    for currency in currencies:
        make.order(customer, currency=currency)
    make.order(make.customer(make.business("business_other")), currency="JPY")

    metrics = view(customer).metrics

    assert (metrics.currency, metrics.other_currencies) == expected


def test_tickets_weigh_while_open_and_for_90_days():
    customer = make.customer()
    other = make.customer(make.business("business_other"))
    day = timedelta(days=1)
    midnight = datetime(2025, 1, 15, tzinfo=UTC)
    make.ticket(customer, opened_at=midnight - 90 * day, status="waiting")
    make.ticket(customer, opened_at=midnight - 90 * day - timedelta(microseconds=1))
    make.ticket(customer, status="closed", closed_at=make.NOW)
    make.ticket(other)

    assert view(customer).health.support == 100 - 25 * 2 - 5 * 2


def test_figures_are_the_same_all_day():
    customer = buyer()
    customer.business.time_zone = "Asia/Tokyo"
    customer.business.save()
    day = [datetime(2025, 1, 14, 15, tzinfo=UTC) + timedelta(hours=h) for h in (0, 23)]

    morning, evening = (view(customer, now=now) for now in day)

    assert morning == evening
    midnight = view(customer, now=day[0] + timedelta(days=1))
    assert midnight.metrics.days_since_last_purchase == 11
    assert morning.metrics.days_since_last_purchase == 10
