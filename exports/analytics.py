"""How many exports there were, of what, how they ended, how long they took."""

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Any, NamedTuple

from customers.reach import Businesses
from exports.models import ExportJob


class Group(NamedTuple):
    """Exports that were asked for on the same day, in UTC, of one kind and end."""

    day: date
    export_type: str
    format: str
    outcome: str


@dataclass(slots=True)
class Figures:
    """:ivar durations: microseconds, of each that began and ended."""

    exports: int = 0
    rows: int = 0
    size: int = 0
    durations: "array[int]" = field(default_factory=lambda: array("q"))

    def percentile(self, share: float) -> float | None:
        """Seconds that so large a share took at most: the nearest rank, exactly."""
        if not self.durations:
            return None
        place = ceil(share * len(self.durations)) - 1
        return sorted(self.durations)[place] / 1_000_000


def figures(businesses: Businesses, *, first: date, last: date) -> dict[Group, Figures]:
    """Of the days from first to last, both in; in the groups' order."""
    found: dict[Group, Figures] = defaultdict(Figures)
    # Read one by one: no database's own percentile is the other's.
    for row in rows_of(businesses, first, last).iterator(chunk_size=5000):
        group = Group(row[0].astimezone(UTC).date(), *row[1:4])
        _add(found[group], *row[4:])
    return dict(sorted(found.items()))


def rows_of(businesses: Businesses, first: date, last: date) -> Any:
    """Of the days from first to last, both in."""
    jobs = ExportJob.objects.for_businesses(businesses).filter(
        created_at__gte=_midnight(first),
        created_at__lt=_midnight(last + timedelta(days=1)),
    )
    return jobs.values_list(
        *("created_at", "export_type", "format", "status"),
        *("file__row_count", "file__size", "started_at", "completed_at"),
    )


def _add(
    figures: Figures,
    rows: int | None,
    size: int | None,
    started_at: datetime | None,
    completed_at: datetime | None,
) -> None:
    figures.exports += 1
    figures.rows += rows or 0
    figures.size += size or 0
    if started_at and completed_at:
        taken = (completed_at - started_at) // timedelta(microseconds=1)
        figures.durations.append(taken)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
