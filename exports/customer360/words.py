"""The words of the report: names of states, what is withheld, what is unknown."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

UNKNOWN: Final = "–"
WITHHELD: Final = _("withheld")

_WORDS: Final[dict[str, StrPromise]] = {
    "active": _("Active"),
    "suspended": _("Suspended"),
    "closed": _("Closed"),
    "bronze": _("Bronze"),
    "silver": _("Silver"),
    "gold": _("Gold"),
    "platinum": _("Platinum"),
    "pending": _("Pending"),
    "shipped": _("Shipped"),
    "completed": _("Completed"),
    "cancelled": _("Cancelled"),
    "excellent": _("Excellent"),
    "good": _("Good"),
    "fair": _("Fair"),
    "poor": _("Poor"),
    "high": _("High"),
    "medium": _("Medium"),
    "low": _("Low"),
}


def word(state: str) -> str:
    """A state as people read it; one without a word is shown as it is stored."""
    known = _WORDS.get(state)
    return state if known is None else str(known)


def yes_no(value: bool) -> str:  # noqa: FBT001 -- the value is what is shown
    return gettext("Yes") if value else gettext("No")


def addresses(known: Iterable[Mapping[str, Any]] | None) -> list[str]:
    """A line each: the parts that are known, in the order in which they are stored."""
    lines = (
        ", ".join(str(part) for part in address.values() if part not in _NOTHING)
        for address in known or ()
    )
    return [line for line in lines if line]


_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})
