"""The orders with their lines: one query, newest first, read as they are wanted."""

from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TypeAlias

from django.db.models import F, QuerySet

from customers.models import Order
from customers.view360.shape import Line, PlacedOrder
from customers.view360.totals import Whose

_ORDER: Final = ("pk", "number", "status", "ordered_at", "currency")
_LINE: Final = (
    "lines__sku",
    "lines__product_name",
    "lines__quantity",
    "lines__unit_price",
    "lines__discount",
    "lines__amount",
    "lines__cancelled",
)
_POSITION: Final = len(_ORDER)
_FETCHED: Final = 500
"""Lines at a time."""
_NEWEST: Final = (F("ordered_at").desc(), F("pk"))

_Row: TypeAlias = tuple[Any, ...]


class ViewClosed(RuntimeError):
    """Orders were asked for when they could no longer be read from the snapshot."""


class Stream:
    """Orders as they come from the database: once, and while the view is open.

    A second reading, or one after the end, must not look like no orders at all.

    :raises ViewClosed: when iterated too late, or again.
    """

    def __init__(self, orders: Generator[PlacedOrder, None, None]) -> None:
        self._orders = orders
        self._is_begun, self._is_open = False, True

    def __iter__(self) -> Iterator[PlacedOrder]:
        if self._is_begun:
            raise ViewClosed("the orders have been read already")
        self._is_begun = True
        self._check()
        for order in self._orders:
            yield order
            self._check()

    def close(self) -> None:
        """Ends the reading, whoever still holds what is read from it."""
        self._is_open = False
        self._orders.close()

    def _check(self) -> None:
        if not self._is_open:
            raise ViewClosed("the view is closed")


def placed(
    whose: Whose, *, since: datetime | None, limit: int | None
) -> Generator[PlacedOrder, None, None]:
    rows = whose.orders(since=since)
    if limit is not None:
        newest = rows.order_by(*_NEWEST).values("pk")[:limit]
        rows = whose.orders().filter(pk__in=newest)
    return _grouped(rows)


def _grouped(rows: QuerySet[Order]) -> Generator[PlacedOrder, None, None]:
    joined = rows.order_by(*_NEWEST, "lines__position").values_list(
        *_ORDER, "lines__position", *_LINE
    )
    lines: Any = joined.iterator(chunk_size=_FETCHED)
    # A grouping that was broken off would keep the database's cursor open.
    with closing(lines):
        for _, group in groupby(lines, key=itemgetter(0)):
            yield _order(list(group))


def _order(rows: list[_Row]) -> PlacedOrder:
    """:param rows: a row a line; one with a position of None for an order without."""
    _, number, status, ordered_at, currency = rows[0][:_POSITION]
    lines = tuple(
        Line(*row[_POSITION + 1 :]) for row in rows if row[_POSITION] is not None
    )
    return PlacedOrder(
        number=number,
        status=status,
        ordered_at=ordered_at,
        currency=currency,
        total=_total(status, lines),
        lines=lines,
    )


def _total(status: str, lines: tuple[Line, ...]) -> Decimal:
    if status == Order.Status.CANCELLED:
        return Decimal("0.00")
    return sum(
        (line.amount for line in lines if not line.cancelled), start=Decimal("0.00")
    )
