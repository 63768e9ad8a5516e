"""What the figures are made of, counted and summed by the database, order by order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Max, Min, Q, Sum

from customers.models import Order, SupportTicket
from customers.tenancy import TenantQuerySet
from customers.view360.exact import in_cents, money

ALIAS: Final = "snapshot"
COUNTED: Final = ~Q(status=Order.Status.CANCELLED)
"""An order counts unless it is cancelled."""
KEPT: Final = Q(lines__cancelled=False)
"""Lines are reached through the orders: asked for the business's, SQLite would read all
of them and look which are the customer's."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The customer whose rows are read: of this business, never of another.

    :ivar currency: the business's.
    """

    customer: Mapping[str, Any]

    @property
    def currency(self) -> str:
        return str(self.customer["business__currency"])

    def orders(self, *, since: datetime | None = None) -> TenantQuerySet[Order]:
        rows = Order.objects.using(ALIAS).for_business(self.customer["business_id"])
        rows = rows.filter(customer_id=self.customer["id"])
        return rows if since is None else rows.filter(ordered_at__gte=since)

    def tickets(self) -> TenantQuerySet[SupportTicket]:
        rows = SupportTicket.objects.using(ALIAS)
        rows = rows.for_business(self.customer["business_id"])
        return rows.filter(customer_id=self.customer["id"])


@dataclass(frozen=True, slots=True)
class Totals:
    """Of the whole history.

    :ivar first_at: of any order, cancelled or not; the rest is of orders that count.
    :ivar found: how many orders there are in the range, cancelled or not.
    :ivar paid: orders in ``currency``, which ``spent`` is the sum of.
    """

    orders: int
    first_at: datetime | None
    last_at: datetime | None
    found: int
    currency: str
    other_currencies: tuple[str, ...]
    paid: int
    spent: Decimal


def totals(whose: Whose, *, since: datetime | None) -> Totals:
    """Two queries. Sums of several currencies would be of none, so one is chosen."""
    in_range = None if since is None else Q(ordered_at__gte=since)
    rows = list(
        whose.orders()
        .values("currency")
        .annotate(
            counted=Count("pk", filter=COUNTED),
            found=Count("pk", filter=in_range),
            first_at=Min("ordered_at"),
            last_at=Max("ordered_at", filter=COUNTED),
        )
        .order_by()
    )
    counted = {row["currency"]: row["counted"] for row in rows if row["counted"]}
    currency = _main(counted, whose.currency)
    sums = dict(
        whose.orders()
        .filter(COUNTED)
        .values_list("currency")
        .annotate(cents=Sum(in_cents("lines__amount"), filter=KEPT))
        .order_by()
    )
    return Totals(
        orders=sum(counted.values()),
        first_at=min(_known(rows, "first_at"), default=None),
        last_at=max(_known(rows, "last_at"), default=None),
        found=sum(row["found"] for row in rows),
        currency=currency,
        other_currencies=tuple(sorted(counted.keys() - {currency})),
        paid=counted.get(currency, 0),
        spent=money(sums.get(currency)),
    )


def _main(counted: Mapping[str, int], usual: str) -> str:
    """The business's currency when any order has it, else the one of most orders."""
    if usual in counted or not counted:
        return usual
    return min(counted, key=lambda code: (-counted[code], code))


def _known(rows: Iterable[Mapping[str, Any]], name: str) -> list[datetime]:
    return [row[name] for row in rows if row[name] is not None]
