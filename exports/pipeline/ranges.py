"""Time ranges: absolute ones, and relative ones in the business's own zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from exports.pipeline.problems import Problems
from exports.pipeline.values import BadValue, moment


@dataclass(frozen=True, slots=True)
class TimeRange:
    """``start`` in, ``end`` out, both UTC; None is open."""

    start: datetime | None = None
    end: datetime | None = None

    def within(self, other: "TimeRange") -> "TimeRange":
        """What lies in both."""
        starts = [at for at in (self.start, other.start) if at]
        ends = [at for at in (self.end, other.end) if at]
        return TimeRange(max(starts, default=None), min(ends, default=None))

    def as_json(self) -> dict[str, str | None]:
        return {"start": _text(self.start), "end": _text(self.end)}

    @classmethod
    def from_json(cls, value: Mapping[str, str | None]) -> "TimeRange":
        start, end = value["start"], value["end"]
        return cls(
            datetime.fromisoformat(start) if start else None,
            datetime.fromisoformat(end) if end else None,
        )


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="microseconds")


def parse(value: Any, problems: Problems) -> TimeRange | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not value or set(value) - {"start", "end"}:
        problems.add("time_range", "must be an object with start, end, or both")
        return None
    read: dict[str, datetime | None] = {"start": None, "end": None}
    for name, text in value.items():
        try:
            read[name] = None if text is None else moment(text)
        except BadValue as error:
            problems.add(f"time_range.{name}", str(error))
    found = TimeRange(**read)
    if found.start and found.end and found.end <= found.start:
        problems.add("time_range.end", "must be after time_range.start")
    return found


def _days(count: int, today: date) -> tuple[date, date]:
    return today - timedelta(days=count - 1), today + timedelta(days=1)


def _month(first: date) -> tuple[date, date]:
    return first, (first + timedelta(days=32)).replace(day=1)


def _year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year + 1, 1, 1)


# Name -> the first day and the day after the last, given today.
RELATIVE: Final = {
    "today": lambda today: _days(1, today),
    "yesterday": lambda today: _days(1, today - timedelta(days=1)),
    "last_7_days": lambda today: _days(7, today),
    "last_30_days": lambda today: _days(30, today),
    "last_90_days": lambda today: _days(90, today),
    "this_month": lambda today: _month(today.replace(day=1)),
    "last_month": lambda today: _month(
        (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    ),
    "this_year": lambda today: _year(today.year),
    "last_year": lambda today: _year(today.year - 1),
}


def resolve(name: str, *, zone: str, now: datetime) -> TimeRange:
    """Whole days of the zone, today included, that ``name`` means at ``now``."""
    place = ZoneInfo(zone)
    first, after = RELATIVE[name](now.astimezone(place).date())
    return TimeRange(_midnight(first, place), _midnight(after, place))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
