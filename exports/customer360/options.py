"""The parameters of a report: what each may be, and what they mean for its view."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from customers.view360.days import Days
from customers.view360.shape import Sections
from exports.customer360.formats import FORMATS
from exports.pipeline.problems import Problems

MOST: Final = 1000
DAYS: Final = {"30d": 30, "90d": 90, "1y": 365, "all": None}
"""What ``dateRange`` may be: so many days before today; None: from the first."""
DEFAULTS: Final[Mapping[str, Any]] = {
    "format": "pdf",
    "includeOrders": True,
    "includeNotes": True,
    "includeTags": True,
    "includeAnalytics": False,
    "dateRange": "all",
    "orderLimit": 100,
    "compression": None,
}


def check_options(options: Mapping[str, Any], problems: Problems) -> None:
    check_choice("format", options["format"], tuple(FORMATS), problems)
    check_choice("dateRange", options["dateRange"], tuple(DAYS), problems)
    for name, default in DEFAULTS.items():
        if isinstance(default, bool) and not isinstance(options[name], bool):
            problems.add(name, "must be true or false")
    streams = [name for name, each in FORMATS.items() if each.streams]
    limit, packed = options["orderLimit"], options["compression"]
    if limit == "all":
        if options["format"] not in streams:
            problems.add("orderLimit", f"is 'all' for {', '.join(streams)} alone")
    elif not _is_whole(limit) or not 1 <= limit <= MOST:
        problems.add("orderLimit", f"must be a whole number from 1 to {MOST}, or 'all'")
    if packed is not None and packed != "gzip":
        problems.add("compression", "must be 'gzip', or null")
    elif packed == "gzip" and options["format"] not in streams:
        problems.add("compression", f"is for {', '.join(streams)} alone")


def check_choice(
    name: str, value: Any, choices: Sequence[str], problems: Problems
) -> None:
    if value not in choices:
        problems.add(name, f"must be one of {', '.join(choices)}")


def uuid(text: Any) -> UUID | None:
    """In its usual form alone: Python's own reader takes braces and URNs, too."""
    if not isinstance(text, str):
        return None
    try:
        value = UUID(text)
    except ValueError:
        return None
    return value if str(value) == text.lower() else None


def since(date_range: str, days: Days) -> datetime | None:
    """The midnight so many days ago, where the business is: the same all day."""
    days_ago = DAYS[date_range]
    return None if days_ago is None else days.midnight(days_ago).astimezone(UTC)


def sections(options: Mapping[str, Any], *, since: datetime | None) -> Sections:
    """:param since: what ``dateRange`` means."""
    limit = options["orderLimit"]
    return Sections(
        orders=options["includeOrders"],
        notes=options["includeNotes"],
        tags=options["includeTags"],
        analytics=options["includeAnalytics"],
        since=since,
        order_limit=None if limit == "all" else limit,
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
