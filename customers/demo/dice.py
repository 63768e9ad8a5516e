"""Chance that falls the same for the same name, on any Python and database."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final, TypeVar
from uuid import NAMESPACE_URL, uuid5

Item = TypeVar("Item")

# How far back from the last day made-up rows lie.
DAYS: Final = 730


class Dice:
    """Draws on ``random()`` alone: the other methods have changed between Pythons."""

    def __init__(self, name: str, *, until: date) -> None:
        self._draw = Random(name).random  # noqa: S311 -- nothing secret comes of it  # nosec B311
        self.end = datetime.combine(until, time(), UTC).replace(tzinfo=None)
        self._span = DAYS * 86_400_000_000

    def below(self, limit: int) -> int:
        return int(self._draw() * limit)

    def one_of(self, items: Sequence[Item]) -> Item:
        return items[int(self._draw() * len(items))]

    def moment(self) -> datetime:
        """In the days before the end, without a zone: UTC, as SQLite stores it."""
        return self.end - timedelta(microseconds=1 + self.below(self._span))

    def after(self, moment: datetime, hours: int) -> datetime:
        """Some time within so many hours, before the end."""
        later = moment + timedelta(microseconds=self.below(hours * 3_600_000_000))
        return min(later, self.end - timedelta(microseconds=1))


def row_id(*names: object) -> str:
    """32 hexadecimal digits, which both databases take for a UUID."""
    return uuid5(NAMESPACE_URL, "/".join(map(str, names))).hex
