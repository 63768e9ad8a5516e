"""The customer's figures: what was spent, how often, since when."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from customers.view360.days import Days
from customers.view360.exact import rounded
from customers.view360.shape import Metrics
from customers.view360.totals import Totals


def frequency(orders: int, tenure_days: int) -> Fraction:
    """Orders / max(tenure days / 30, 1): a tenure of less counts as 30 days.

    Source: the definition of purchase frequency in ``docs/customer-360.md``.
    """
    return orders / max(Fraction(tenure_days, 30), Fraction(1))


def average(spent: Decimal, orders: int) -> Decimal:
    """Total spent / orders, half-even to cents; 0 without orders.

    Source: the definition of average order value in ``docs/customer-360.md``.
    """
    return rounded(Fraction(spent) / orders, 2) if orders else Decimal("0.00")


def metrics(totals: Totals, *, registered_at: datetime | None, days: Days) -> Metrics:
    """Lifetime value is what was spent so far; nothing is predicted.

    Source: the definitions in ``docs/customer-360.md``, "Metrics".
    """
    tenure = 0 if registered_at is None else days.since(registered_at)
    return Metrics(
        currency=totals.currency,
        lifetime_value=totals.spent,
        total_orders=totals.orders,
        average_order_value=average(totals.spent, totals.paid),
        total_spent=totals.spent,
        days_since_last_purchase=-1
        if totals.last_at is None
        else days.since(totals.last_at),
        purchase_frequency=rounded(frequency(totals.orders, tenure), 4),
        tenure_days=tenure,
        other_currencies=totals.other_currencies,
    )
