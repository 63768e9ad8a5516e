"""The signs that health score and churn risk are read from."""

from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, Q

from customers.models import SupportTicket
from customers.view360.days import Days
from customers.view360.metrics import frequency
from customers.view360.shape import Metrics
from customers.view360.totals import Whose

RECENT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Signs:
    """:ivar days_since: since the last purchase; None without one.

    :ivar frequency: orders per 30 days, not rounded.
    :ivar recent_tickets: of the last 90 days, open ones with them.
    """

    orders: int
    days_since: int | None
    frequency: Fraction
    loyalty_level: str | None
    loyalty_points: int
    open_tickets: int
    recent_tickets: int


def signs(whose: Whose, *, metrics: Metrics, days: Days) -> Signs:
    """One query. A ticket is open until it is closed: one that waits is open."""
    tickets = whose.tickets().aggregate(
        unclosed=Count("pk", filter=~Q(status=SupportTicket.Status.CLOSED)),
        recent=Count("pk", filter=Q(opened_at__gte=days.midnight(RECENT_DAYS))),
    )
    since = metrics.days_since_last_purchase
    return Signs(
        orders=metrics.total_orders,
        days_since=None if since < 0 else since,
        frequency=frequency(metrics.total_orders, metrics.tenure_days),
        loyalty_level=whose.customer["loyalty_level"],
        loyalty_points=whose.customer["loyalty_points"],
        open_tickets=tickets["unclosed"],
        recent_tickets=tickets["recent"],
    )
