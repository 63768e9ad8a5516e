"""When something is due: by a cron expression or at an interval, in a time zone.

Cron with every hour runs by the real clock: in each real minute whose local time fits.
Any other cron names local times, and each of them is due once: one that a change to
summer time leaves out is due as the clock comes out of the gap, one that comes twice
is due the first time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

MAX_CRON: Final = 100
MAX_MINUTES: Final = 527_040
"""A leap year."""
_SIGNS: Final = re.compile(r"[0-9A-Za-z*,/#-]+(?: [0-9A-Za-z*,/#-]+){4}", re.ASCII)
_ANY_DAY: Final = datetime(2024, 1, 1)  # noqa: DTZ001 -- local times have no zone yet
_MINUTE: Final = timedelta(minutes=1)
_INSTANT: Final = timedelta(microseconds=1)


class BadCron(ValueError):
    """Its text ends a sentence that begins with the field's name."""


def check_cron(text: str) -> str:
    """The expression with single spaces.

    :raises BadCron: it is none, or it is never due.
    """
    plain = " ".join(text.split())
    if len(plain) > MAX_CRON or not _SIGNS.fullmatch(plain):
        raise BadCron("must be five fields: minute, hour, day, month, day of the week")
    try:
        next(CronSim(plain, _ANY_DAY))
    except CronSimError as error:
        raise BadCron(f"is no cron expression: {str(error).lower()}") from error
    except StopIteration as error:
        raise BadCron("is never due") from error
    return plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """Either ``cron`` or ``minutes``.

    :ivar anchor: what intervals are counted from.
    :ivar starts_at: the first moment that may be due; :ivar ends_at: the first that
        may no longer.
    """

    zone: str
    anchor: datetime
    cron: str = ""
    minutes: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def after(self, moment: datetime) -> datetime | None:
        """The first time that is due later than this, UTC; None: none is."""
        return next(self.times(moment), None)

    def upcoming(self, moment: datetime, *, count: int) -> list[datetime]:
        return list(islice(self.times(moment), count))

    def times(self, moment: datetime) -> Iterator[datetime]:
        """All that are due later than this, in their order, UTC."""
        if self.starts_at is not None and moment < self.starts_at:
            moment = self.starts_at - _INSTANT
        found = self._intervals(moment) if self.minutes else self._cron(moment)
        last = moment
        for at in found:
            if self.ends_at is not None and at >= self.ends_at:
                return
            # Two local times of a gap are one moment; one that comes again is over.
            if at > last:
                last = at
                yield at

    def _intervals(self, moment: datetime) -> Iterator[datetime]:
        step = timedelta(minutes=self.minutes or 1)
        at = self.anchor + ((moment - self.anchor) // step + 1) * step
        while True:
            yield at
            at += step

    def _cron(self, moment: datetime) -> Iterator[datetime]:
        zone, sim = ZoneInfo(self.zone), CronSim(self.cron, _ANY_DAY)
        if len(sim.hours) == 24:
            yield from _each_hour(sim, zone, moment)
            return
        # Without a zone the library gives plain local times, each of them once.
        local = moment.astimezone(zone).replace(tzinfo=None)
        for at in CronSim(self.cron, local):
            yield _first_instant(at, zone)


def _each_hour(sim: CronSim, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """Every real minute whose local time fits.

    The library's own count, asked with a zone, steps over the minute to which a clock
    jumps by half an hour.
    """
    at = moment.astimezone(UTC).replace(second=0, microsecond=0) + _MINUTE
    while True:
        local = at.astimezone(zone)
        if local.month not in sim.months or not sim.match_day(local.date()):
            midnight = datetime.combine(local.date(), time()) + timedelta(days=1)
            # Where a clock goes back over midnight, the next one has been.
            at = max(_first_instant(midnight, zone), at + _MINUTE)
            continue
        wait = min((minute - local.minute) % 60 for minute in sim.minutes)
        if wait == 0:
            yield at
        ahead = at + max(wait, 1) * _MINUTE
        is_alike = ahead.astimezone(zone).utcoffset() == local.utcoffset()
        at = ahead if is_alike else at + _MINUTE


def _first_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """When a clock in the zone first shows this time, or next shows a later one."""
    while True:
        at = local.replace(tzinfo=zone).astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None) == local:
            return at
        local += _MINUTE
