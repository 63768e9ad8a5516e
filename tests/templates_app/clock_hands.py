"""What a clock on the wall shows, minute by minute: the other way to tell what is due.

It knows nothing of cron: each named local time is due once on its day, as the hands
first show it, or first have passed it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

MINUTE: Final = timedelta(minutes=1)
ZONES: Final = ("Europe/Berlin", "Australia/Lord_Howe", "America/Santiago")
"""An hour forward and back; half an hour, in the south; at midnight."""


def year(number: int = 2026) -> tuple[datetime, datetime]:
    return datetime(number, 1, 1, tzinfo=UTC), datetime(number + 1, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=4)
def shown(
    zone: str, start: datetime, end: datetime
) -> Sequence[tuple[datetime, datetime]]:
    """Each minute in UTC, with what the clock shows."""
    place, found, at = ZoneInfo(zone), [], start
    while at < end:
        found.append((at, at.astimezone(place).replace(tzinfo=None)))
        at += MINUTE
    return found


def hourly(start: datetime, end: datetime, *, zone: str, at: set[int]) -> set[datetime]:
    """Each real minute in which the minute hand is there."""
    return {each for each, local in shown(zone, start, end) if local.minute in at}


def daily(
    start: datetime, end: datetime, *, zone: str, at: set[tuple[int, int]]
) -> set[datetime]:
    due, passed = set(), datetime.min  # noqa: DTZ901 -- clocks on walls have no zone
    for each, local in shown(zone, start, end):
        hands = local if passed == datetime.min else min(passed + MINUTE, local)  # noqa: DTZ901 -- as above
        # Where they jump ahead they go over every minute on their way.
        while hands <= local:
            if (hands.hour, hands.minute) in at and hands > passed:
                due.add(each)
            hands += MINUTE
        passed = max(passed, local)
    return due
