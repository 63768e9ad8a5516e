"""The view as a page of the admin: what the report says, as texts and tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext

from customers import view360
from customers.clearance import Clearance
from customers.models import Customer
from customers.view360.shape import (
    Analytics,
    PlacedOrder,
    Sections,
    View,
    WrittenNote,
)
from exports.customer360 import summary
from exports.customer360.fields import (
    HEALTH_PARTS,
    LINES,
    NOTES,
    ORDERS,
    PRODUCTS,
    Field,
    is_withheld,
)
from exports.customer360.shown import Text, line, minute, money, number, percent, text
from exports.customer360.texts import zone_of
from exports.customer360.words import WITHHELD, word, yes_no

MOST_ORDERS: Final = 50
"""That the page shows; a file has as many as its options say."""


@dataclass(frozen=True, slots=True)
class Table:
    """:ivar numbers: places of the columns that hold numbers.

    :ivar absent: what stands in the place of no rows.
    """

    name: str
    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    aside: str = ""
    absent: str = ""


def context(
    customer: Customer, *, clearance: Clearance, now: datetime
) -> dict[str, Any]:
    """What its template shows, read in one snapshot by a fixed number of queries.

    :raises CustomerNotFound: gone since they were found.
    """
    view = view360.read(
        customer.pk,
        business_ids=frozenset([customer.business_id]),
        sections=Sections(analytics=True, order_limit=MOST_ORDERS),
        clearance=clearance,
        now=now,
    )
    number_there = summary.Labelled(
        gettext("Number at the business"), line(customer.external_id)
    )
    return {
        "name": summary.heading(view),
        "about": summary.about(view),
        "business": line(view.business_name),
        "cards": summary.cards(view),
        "left_out": summary.left_out(view),
        "facts": [number_there, *summary.facts(view)],
        "groups": summary.groups(view),
        "health": _health(view),
        "churn": {
            "verdict": summary.verdict(view.churn),
            "advice": [text(each) for each in view.churn.strategies],
        },
        "tables": list(tables(view)),
    }


def _health(view: View) -> dict[str, Any]:
    health = view.health
    told = {"score": health.score, "band": line(word(health.band), most=40)}
    parts = ((str(part.label), part.of(health)) for part in HEALTH_PARTS)
    return {
        "verdict": gettext("%(band)s: %(score)s of 100") % told,
        "parts": [
            summary.Labelled(label, Text(number(value, places=1)))
            for label, value in parts
        ],
        "advice": [text(each) for each in health.recommendations],
    }


def tables(view: View) -> Iterable[Table]:
    """Of the sections that were read."""
    if view.orders is not None:
        orders = tuple(view.orders)
        yield _orders(view, orders)
        yield _lines(orders)
    if view.notes is not None:
        yield _notes(view, view.notes)
    if view.analytics is not None:
        yield _months(view.analytics, view.metrics.currency)
        yield _statuses(view.analytics)
        yield _products(view.analytics, view.metrics.currency)


def _orders(view: View, orders: Sequence[PlacedOrder]) -> Table:
    zone = zone_of(view)
    rows = [
        (
            line(order.number),
            minute(order.ordered_at, zone=zone),
            line(word(order.status), most=40),
            number(len(order.lines)),
            line(order.currency),
            number(order.total, places=2),
        )
        for order in orders
    ]
    return Table(
        "orders",
        gettext("Orders"),
        _labels(ORDERS),
        rows,
        frozenset({3, 5}),
        aside=summary.reach(view, orders),
        absent=gettext("No orders in this range."),
    )


def _lines(orders: Sequence[PlacedOrder]) -> Table:
    rows = [
        (
            line(order.number),
            line(item.sku),
            line(item.product_name),
            number(item.quantity),
            number(item.unit_price, places=4),
            percent(item.discount),
            number(item.amount, places=2),
            line(order.currency),
            yes_no(item.cancelled),
        )
        for order in orders
        for item in order.lines
    ]
    title, absent = gettext("Order Lines"), gettext("No orders in this range.")
    numbers = frozenset({3, 4, 5, 6})
    return Table("lines", title, _labels(LINES), rows, numbers, absent=absent)


def _notes(view: View, notes: Iterable[WrittenNote]) -> Table:
    zone = zone_of(view)
    unseen = {each.name for each in NOTES if is_withheld(view, "notes", each)}
    rows = [
        (
            minute(note.created_at, zone=zone),
            Text(WITHHELD) if "author" in unseen else line(note.author),
            Text(WITHHELD) if "body" in unseen else text(note.body),
        )
        for note in notes
    ]
    absent = gettext("No notes in this range.")
    return Table("notes", gettext("Notes"), _labels(NOTES), rows, absent=absent)


def _months(analytics: Analytics, currency: str) -> Table:
    """The newest first, as the orders are."""
    rows = [
        (
            Text(date_format(each.month, "F Y")),
            number(each.orders),
            money(each.spent, currency),
        )
        for each in reversed(analytics.months)
    ]
    heads = (gettext("Month"), gettext("Orders"), gettext("Spent"))
    title, numbers = gettext("Spend by month"), frozenset({1, 2})
    absent = gettext("No orders in this range.")
    return Table("months", title, heads, rows, numbers, absent=absent)


def _statuses(analytics: Analytics) -> Table:
    rows = [
        (line(word(status), most=60), number(count))
        for status, count in analytics.statuses
    ]
    heads = (gettext("Status"), gettext("Orders"))
    title, absent = gettext("Orders by status"), gettext("No orders in this range.")
    return Table("statuses", title, heads, rows, frozenset({1}), absent=absent)


def _products(analytics: Analytics, currency: str) -> Table:
    rows = [
        (
            line(product.sku),
            line(product.name),
            number(product.quantity),
            money(product.spent, currency),
        )
        for product in analytics.products
    ]
    title, absent = gettext("Top products"), gettext("No orders in this range.")
    numbers = frozenset({2, 3})
    return Table("products", title, _labels(PRODUCTS), rows, numbers, absent=absent)


def _labels(fields: Iterable[Field]) -> list[str]:
    return [str(each.label) for each in fields]
