"""The health score: how well it goes with a customer, from 0 to 100."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext

from customers.models import Customer
from customers.view360.exact import rounded
from customers.view360.shape import Health
from customers.view360.signs import Signs

_BASES: Final = {
    Customer.LoyaltyLevel.BRONZE: 25,
    Customer.LoyaltyLevel.SILVER: 50,
    Customer.LoyaltyLevel.GOLD: 75,
    Customer.LoyaltyLevel.PLATINUM: 100,
}
_BANDS: Final = ((80, "excellent"), (60, "good"), (40, "fair"))
_LATE_DAYS: Final = 60


def health(signs: Signs) -> Health:
    """0.35 purchase + 0.25 engagement + 0.20 support + 0.20 recency, half-even.

    The parts go in unrounded. Source: the definition of the health score in
    ``docs/customer-360.md``.
    """
    parts = {
        "purchase": purchase(signs),
        "engagement": engagement(signs),
        "support": support(signs),
        "recency": recency(signs),
    }
    weighed = (
        35 * parts["purchase"]
        + 25 * parts["engagement"]
        + 20 * parts["support"]
        + 20 * parts["recency"]
    ) / 100
    score = round(weighed)
    shown = {name: rounded(part, 2) for name, part in parts.items()}
    recommended = tuple(_recommendations(signs, parts))
    return Health(score=score, band=band(score), **shown, recommendations=recommended)


def band(score: int) -> str:
    """Excellent from 80, good from 60, fair from 40, else poor."""
    return next((name for least, name in _BANDS if score >= least), "poor")


def purchase(signs: Signs) -> Fraction:
    """min(20 x frequency, 50) + max(50 - days since last / 2, 0); 0 without orders.

    Source: the definition of the health score in ``docs/customer-360.md``.
    """
    if signs.days_since is None:
        return Fraction(0)
    often = min(20 * signs.frequency, Fraction(50))
    return often + max(50 - Fraction(signs.days_since, 2), Fraction(0))


def engagement(signs: Signs) -> Fraction:
    """(base + min(points / 100, 50)) / 2; the base is 0 without a loyalty level.

    Bronze 25, silver 50, gold 75, platinum 100. Source: the definition of the health
    score in ``docs/customer-360.md``.
    """
    level = signs.loyalty_level
    base = _BASES[Customer.LoyaltyLevel(level)] if level else 0
    return (base + min(Fraction(signs.loyalty_points, 100), Fraction(50))) / 2


def support(signs: Signs) -> Fraction:
    """100 - 25 x open tickets - 5 x tickets of the last 90 days, 0 at least.

    Source: the definition of the health score in ``docs/customer-360.md``.
    """
    return Fraction(max(100 - 25 * signs.open_tickets - 5 * signs.recent_tickets, 0))


def recency(signs: Signs) -> Fraction:
    """max(100 - days since last, 0); 50 without orders.

    Source: the definition of the health score in ``docs/customer-360.md``.
    """
    if signs.days_since is None:
        return Fraction(50)
    return Fraction(max(100 - signs.days_since, 0))


def _recommendations(signs: Signs, parts: dict[str, Fraction]) -> Iterator[str]:
    """What would raise the score, the most urgent first; never nothing."""
    late = signs.days_since is not None and signs.days_since > _LATE_DAYS
    advice = (
        (signs.open_tickets, gettext("Close the open support tickets.")),
        (
            signs.days_since is None,
            gettext("Offer a reason for the first purchase: there is none yet."),
        ),
        (
            late,
            gettext("Get in touch: the last purchase is more than 60 days ago."),
        ),
        (
            signs.orders and signs.frequency < 1,
            gettext("Suggest regular orders: there is less than one a month."),
        ),
        (
            parts["engagement"] < 50,
            gettext("Show what the next loyalty level would bring."),
        ),
        (
            not signs.open_tickets and signs.recent_tickets > 2,
            gettext("Ask whether the recent support tickets were solved well."),
        ),
    )
    chosen = [text for holds, text in advice if holds]
    yield from chosen or [gettext("Keep it up, and say thank you.")]
