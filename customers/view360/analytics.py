"""Spend by month, orders by status, and what was bought most."""

from datetime import datetime
from typing import Any, Final

from django.db.models import Count, DateField, F, Max, QuerySet, Sum
from django.db.models.functions import TruncMonth

from customers.view360.days import Days, months
from customers.view360.exact import CodePoints, in_cents, money
from customers.view360.shape import Analytics, Product, Spend
from customers.view360.totals import COUNTED, KEPT, Whose

_TOP: Final = 10


def analytics(
    whose: Whose, *, since: datetime | None, currency: str, days: Days
) -> Analytics:
    """Three queries. Months and products are of orders in the figures' currency."""
    statuses = (
        whose.orders(since=since)
        .values_list("status")
        .annotate(found=Count("pk"))
        .order_by()
    )
    return Analytics(
        months=_months(whose, since=since, currency=currency, days=days),
        statuses=tuple(sorted(statuses)),
        products=_products(whose, since=since, currency=currency),
    )


def _months(
    whose: Whose, *, since: datetime | None, currency: str, days: Days
) -> tuple[Spend, ...]:
    """From the first month with an order that counts to the last, none left out."""
    rows = (
        whose.orders(since=since)
        .filter(COUNTED, currency=currency)
        .annotate(
            month=TruncMonth("ordered_at", tzinfo=days.zone, output_field=DateField())
        )
        .values_list("month")
        .annotate(
            orders=Count("pk", distinct=True),
            cents=Sum(in_cents("lines__amount"), filter=KEPT),
        )
        .order_by()
    )
    found = {month: (orders, cents) for month, orders, cents in rows}
    if not found:
        return ()
    spends = [(month, *found.get(month, (0, 0))) for month in _span(found)]
    return tuple(Spend(month, orders, money(cents)) for month, orders, cents in spends)


def _span(found: dict[Any, Any]) -> list[Any]:
    return months(min(found), max(found))


def _products(
    whose: Whose, *, since: datetime | None, currency: str
) -> tuple[Product, ...]:
    """A product that changed its name has, of its names, the last by code point."""
    rows: QuerySet[Any] = (
        whose.orders(since=since)
        .filter(COUNTED, KEPT, currency=currency)
        .values(sku=F("lines__sku"))
        .annotate(
            name=Max(CodePoints("lines__product_name")),
            bought=Sum("lines__quantity"),
            cents=Sum(in_cents("lines__amount")),
        )
        .order_by(F("cents").desc(), CodePoints("lines__sku"))
    )
    return tuple(
        Product(row["sku"], row["name"], int(row["bought"]), money(row["cents"]))
        for row in rows[:_TOP]
    )
