"""The spend by month, for the chart: from the analytics, else from the orders."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext

from customers.view360.shape import PlacedOrder, Spend, View
from exports.customer360.charts import Bar, bars
from exports.customer360.shown import number
from exports.customer360.texts import zone_of

_MOST_MONTHS: Final = 120


@dataclass(frozen=True, slots=True)
class Drawn:
    """:ivar aside: what the picture leaves out."""

    title: str
    chart: str
    aside: str


def drawn(view: View, orders: Sequence[PlacedOrder]) -> Drawn | None:
    """None: there is nothing to draw."""
    months = view.analytics.months if view.analytics else _months(view, orders)
    if not any(month.spent for month in months):
        return None
    currency = view.metrics.currency
    title = gettext("Spend by month")
    items = [Bar(date_format(month.month, "M y"), month.spent) for month in months]
    if len(months) > _MOST_MONTHS:
        title, items = gettext("Spend by year"), _years(months)
    told = gettext("In %(currency)s.") % {"currency": currency}
    return Drawn(title, bars(items, title=title), f"{told} {_left_out(view, orders)}")


def _months(view: View, orders: Iterable[PlacedOrder]) -> tuple[Spend, ...]:
    """In the business's zone, and without gaps."""
    zone, sums = zone_of(view), defaultdict[date, Decimal](Decimal)
    counts = defaultdict[date, int](int)
    for order in orders:
        if order.status != "cancelled" and order.currency == view.metrics.currency:
            month = order.ordered_at.astimezone(zone).date().replace(day=1)
            sums[month] += order.total
            counts[month] += 1
    if not sums:
        return ()
    first, last = min(sums), max(sums)
    reach = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    days = (date(place // 12, place % 12 + 1, 1) for place in reach)
    return tuple(Spend(day, counts[day], sums[day]) for day in days)


def _years(months: Iterable[Spend]) -> list[Bar]:
    sums = defaultdict[int, Decimal](Decimal)
    for month in months:
        sums[month.month.year] += month.spent
    return [Bar(str(year), spent) for year, spent in sums.items()]


def _left_out(view: View, orders: Sequence[PlacedOrder]) -> str:
    if view.analytics or view.orders_found in {None, len(orders)}:
        return ""
    return gettext("Of the newest %(shown)s of %(found)s orders.") % {
        "shown": number(len(orders)),
        "found": number(view.orders_found or 0),
    }
