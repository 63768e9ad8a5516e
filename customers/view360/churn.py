"""The churn risk: how likely a customer is to leave, from 0 to 100."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext

from customers.view360.exact import rounded
from customers.view360.shape import Churn
from customers.view360.signs import Signs

_HIGH: Final = 70
_MEDIUM: Final = 40
_WITHOUT_ORDERS: Final = 20
_STEPS: Final = ((90, 60), (60, 40), (30, 20))


def churn(signs: Signs) -> Churn:
    """Absence + 0.3 x engagement decline + 5 x open tickets, at most 100.

    Source: the definition of the churn risk in ``docs/customer-360.md``.
    """
    exact = absence(signs) + Fraction(3, 10) * decline(signs) + 5 * signs.open_tickets
    risk = min(exact, Fraction(100))
    return Churn(
        risk=rounded(risk, 2),
        band=band(risk),
        strategies=tuple(_strategies(signs, band(risk))),
    )


def band(risk: Fraction) -> str:
    """High from 70, medium from 40, else low."""
    if risk >= _HIGH:
        return "high"
    return "medium" if risk >= _MEDIUM else "low"


def absence(signs: Signs) -> int:
    """60, 40, 20 for more than 90, 60, 30 days since the last purchase, 0 for fewer.

    20 without orders. Source: the definition of the churn risk in
    ``docs/customer-360.md``.
    """
    days = signs.days_since
    if days is None:
        return _WITHOUT_ORDERS
    return next((points for more_than, points in _STEPS if days > more_than), 0)


def decline(signs: Signs) -> int:
    """75 under 0.5 orders a month, 50 under 1, else 25; a month is 30 days.

    Source: the definition of the churn risk in ``docs/customer-360.md``.
    """
    if signs.frequency < Fraction(1, 2):
        return 75
    return 50 if signs.frequency < 1 else 25


def _strategies(signs: Signs, risk: str) -> Iterator[str]:
    """What may keep the customer, the most urgent first; never nothing."""
    if signs.open_tickets:
        yield gettext("Give the open tickets to one person, who calls back.")
    if risk == "high":
        yield gettext("Call in person this week.")
        yield gettext("Make a win-back offer with an end date.")
    elif risk == "medium":
        yield gettext("Write a personal message and ask what is missing.")
    if signs.days_since is None:
        yield gettext("Help with the start: a guide, and somebody to ask.")
    elif decline(signs) > 25:
        yield gettext("Remind of what was bought before, when it may run out.")
    if risk == "low":
        yield gettext("Stay in touch as before.")
