"""Days and months as a business counts them: from midnight to midnight in its zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Days:
    """Figures depend on the day alone, so they are the same until midnight."""

    zone: ZoneInfo
    today: date

    @classmethod
    def at(cls, now: datetime, *, zone: str) -> Self:
        place = ZoneInfo(zone)
        return cls(place, now.astimezone(place).date())

    def since(self, moment: datetime) -> int:
        """Whole days from that day to today; 0 for what is yet to come."""
        return max((self.today - moment.astimezone(self.zone).date()).days, 0)

    def midnight(self, days_ago: int) -> datetime:
        """The moment at which that day began."""
        day = self.today - timedelta(days=days_ago)
        return datetime.combine(day, time.min, tzinfo=self.zone)


def months(first: date, last: date) -> list[date]:
    """The first days of all months from one to the other, both with it."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    steps = range(first.month - 1, first.month - 1 + count)
    return [date(first.year + step // 12, step % 12 + 1, 1) for step in steps]
