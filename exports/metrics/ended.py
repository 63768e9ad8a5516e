"""Exports that have ended, added up from their rows: exact, whoever ran them.

A row that has ended stays as it is, so what ended a while ago is added up once and
kept; only the rest is read again. All sums are of whole numbers: the same rows give the
same sum in any order, and a sum never falls.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from threading import Lock
from typing import Any, Final, NamedTuple, Self

from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    Sum,
)

from exports.models import ExportJob
from exports.states import JobStatus

# An end is written with the clock of who ran it, and seen only after its commit.
_SETTLED: Final = timedelta(minutes=10)
BOUNDS: Final = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800)
"""Seconds, up to which an export falls into each bucket."""
_NO_TIME: Final = timedelta(0)
_TAKEN: Final = ExpressionWrapper(
    F("completed_at") - F("started_at"), output_field=DurationField()
)


class Kind(NamedTuple):
    """:ivar outcome: the job's last state.

    :ivar error_code: empty unless it failed.
    """

    export_type: str
    format: str
    mode: str
    outcome: str
    error_code: str

    @property
    def is_complete(self) -> bool:
        return self.outcome == JobStatus.COMPLETED


@dataclass(frozen=True, slots=True)
class Sums:
    """:ivar within: how many took no longer than each of ``BOUNDS``."""

    exports: int = 0
    rows: int = 0
    size: int = 0
    taken: timedelta = _NO_TIME
    within: tuple[int, ...] = (0,) * len(BOUNDS)

    def __add__(self, other: Self) -> "Sums":
        return Sums(
            self.exports + other.exports,
            self.rows + other.rows,
            self.size + other.size,
            self.taken + other.taken,
            tuple(map(sum, zip(self.within, other.within, strict=True))),
        )


Totals = dict[Kind, Sums]


@dataclass(slots=True)
class Ended:
    """:ivar until: what ended before is in ``kept``, and is not read again."""

    until: datetime | None = None
    kept: Totals = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def totals(self, *, now: datetime) -> Totals:
        with self._lock:
            self._keep(now - _SETTLED)
            return _together([*self.kept.items(), *_read(since=self.until)])

    def _keep(self, until: datetime) -> None:
        if self.until is None or until > self.until:
            found = _read(since=self.until, until=until)
            self.kept = _together([*self.kept.items(), *found])
            self.until = until


ENDED: Final = Ended()


def added(sums: Iterator[Sums]) -> Sums:
    return reduce(Sums.__add__, sums, Sums())


def _together(pairs: list[tuple[Kind, Sums]]) -> Totals:
    totals: Totals = {}
    for kind, sums in pairs:
        totals[kind] = totals.get(kind, Sums()) + sums
    return totals


def _read(
    *, since: datetime | None, until: datetime | None = None
) -> Iterator[tuple[Kind, Sums]]:
    jobs = ExportJob.objects.filter(completed_at__isnull=False)
    if since is not None:
        jobs = jobs.filter(completed_at__gte=since)
    if until is not None:
        jobs = jobs.filter(completed_at__lt=until)
    names = [f"within_{at}" for at in range(len(BOUNDS))]
    rows = (
        jobs.order_by()
        .values_list("export_type", "format", "mode", "status", "error_code")
        .annotate(
            exports=Count("pk"),
            rows=Sum("file__row_count"),
            size=Sum("file__size"),
            taken=Sum(_TAKEN),
            **dict(zip(names, _within(), strict=True)),
        )
    )
    for row in rows:
        count, lines, size, taken, *within = row[5:]
        sums = Sums(count, lines or 0, size or 0, taken or _NO_TIME, tuple(within))
        yield Kind(*map(str, row[:5])), sums


def _within() -> list[Any]:
    spans = [timedelta(seconds=bound) for bound in BOUNDS]
    return [
        Count("pk", filter=Q(completed_at__lte=F("started_at") + span))
        for span in spans
    ]
