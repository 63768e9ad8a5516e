"""The view of one customer: what is in it, what is not, and what it stands for."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from customers.clearance import Clearance
from customers.models import Customer, Note
from customers.view360 import CustomerNotFound
from customers.view360.shape import Line, PlacedOrder, Profile, WrittenNote
from tests import make
from tests.customers.view360.asked import BOTH, view

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)

ADDRESS = {"street": "1 High Street", "city": "London", "country": "GB"}


def known(**values) -> Customer:
    """A customer with one of each; another business has one of each too."""
    for of in (make.business("business_mine"), make.business("business_other")):
        customer = make.customer(of, **values)
        make.order(customer)
        make.note(customer)
        make.tag(customer)
        make.segment(customer)
        make.ticket(customer)
    return Customer.objects.get(business="business_mine")


def test_profile_is_what_is_known():
    customer = known(name="Ana", email=None, loyalty_level="gold")

    told = view(customer)

    assert told.profile == Profile(
        id=customer.pk,
        name="Ana",
        email=None,
        phone="+44 20 7946 0000",
        registered_at=make.NOW - timedelta(days=365),
        account_status="active",
        addresses=(ADDRESS,),
        loyalty_level="gold",
    )
    assert (told.business_id, told.business_name) == (
        "business_mine",
        "Business business_mine",
    )
    assert (told.time_zone, told.withheld) == ("UTC", ())
    assert told.revision == Customer.objects.get(pk=customer.pk).revision


def test_sections_hold_what_is_theirs():
    customer = known()
    order = customer.orders.get()

    told = view(customer)

    assert (told.tags, told.segments) == (("vip",), ("regulars",))
    assert told.notes == (WrittenNote("Rosa Meier", "Called back.", make.NOW),)
    line = Line(
        "SKU-1", "Lantern", 1, Decimal(10), Decimal(0), Decimal(10), cancelled=False
    )
    assert told.orders == (
        PlacedOrder(
            order.number, "completed", order.ordered_at, "EUR", Decimal(10), (line,)
        ),
    )
    assert told.orders_found == 1


def test_sections_not_asked_for_are_none():
    customer = known()

    told = view(customer, orders=False, notes=False, tags=False, analytics=False)

    parts = ("orders", "orders_found", "notes", "tags", "segments", "analytics")
    assert [getattr(told, part) for part in parts] == [None] * 6
    assert told.metrics.total_orders == 1


def test_unknown_and_foreign_customers_are_alike_not_found():
    foreign = make.customer(make.business("business_other"))
    mine = frozenset({make.business("business_mine").pk})

    with pytest.raises(CustomerNotFound) as not_mine:
        view(foreign, business_ids=mine)
    with pytest.raises(CustomerNotFound) as not_there:
        view(Customer(pk=uuid4(), business_id="business_mine"), business_ids=mine)

    assert isinstance(not_mine.value, LookupError)
    assert str(not_mine.value) == str(not_there.value) == ""


def test_customer_of_any_business_is_found_by_who_may_see_all():
    customer = known()

    assert view(customer, business_ids=None).business_id == "business_mine"


def test_range_limits_orders_notes_and_analytics_but_no_figure():
    customer = known()
    since = make.NOW - timedelta(days=30)
    make.order(customer, ordered_at=since)
    make.order(customer, ordered_at=since - timedelta(microseconds=1))
    make.note(customer, body="old", created_at=since - timedelta(microseconds=1))

    told = view(customer, since=since)

    everything = view(customer)
    assert (told.orders_found, everything.orders_found) == (2, 3)
    assert [order.ordered_at for order in told.orders][-1] == since
    assert [note.body for note in told.notes] == ["Called back."]
    assert told.analytics.statuses == (("completed", 2),)
    assert sum(product.quantity for product in told.analytics.products) == 2
    assert (told.metrics, told.health, told.churn) == (
        everything.metrics,
        everything.health,
        everything.churn,
    )


def test_limit_takes_the_newest_and_tells_how_many_there_are():
    customer = known()
    numbers = [
        make.order(customer, ordered_at=make.NOW - timedelta(hours=hours)).number
        for hours in range(5)
    ]

    told = view(customer, order_limit=2)

    assert [order.number for order in told.orders] == numbers[:2]
    assert (told.orders_found, told.metrics.total_orders) == (6, 6)


@pytest.mark.parametrize(
    ("clearance", "author", "body"),
    [
        (Clearance.INTERNAL, None, None),
        (Clearance.PERSONAL, "Rosa Meier", None),
        (Clearance.SENSITIVE, "Rosa Meier", "Called back."),
    ],
)
def test_clearance_decides_what_of_a_note_is_seen(clearance, author, body):
    customer = known()

    told = view(customer, clearance=clearance)

    assert told.notes == (WrittenNote(author, body, make.NOW),)


def test_internal_clearance_sees_figures_and_nobody_name():
    customer = known(loyalty_level="gold")

    told = view(customer, clearance=Clearance.INTERNAL, notes=False)

    everything = view(customer, notes=False)
    unnamed = replace(
        everything.profile, name=None, email=None, phone=None, addresses=None
    )
    assert told == replace(everything, profile=unnamed, withheld=told.withheld)
    assert told.withheld == (
        "profile.name",
        "profile.email",
        "profile.phone",
        "profile.addresses",
    )


def test_clearance_below_figures_is_refused():
    with pytest.raises(ValueError, match="figures are internal"):
        view(known(), clearance=Clearance.PUBLIC)


def test_notes_come_newest_first():
    customer = known()
    Note.objects.all().delete()
    bodies = ["first", "second", "third"]
    for hours, body in enumerate(bodies):
        make.note(customer, body=body, created_at=make.NOW + timedelta(hours=hours))

    assert [note.body for note in view(customer).notes] == bodies[::-1]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ([], ()),
        (ADDRESS, (ADDRESS,)),
        ("1 High Street", ({"text": "1 High Street"},)),
        ([ADDRESS, None, "PO Box 7"], (ADDRESS, {"text": "PO Box 7"})),
    ],
)
def test_addresses_of_another_shape_are_shown_as_they_stand(written, expected):
    customer = known(addresses=written)

    assert view(customer).profile.addresses == expected
