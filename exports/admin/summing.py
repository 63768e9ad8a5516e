"""What exports came to, added up by the database: counts, rows, bytes, percentiles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any, Final, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    Aggregate,
    Count,
    DateField,
    F,
    FloatField,
    Func,
    Q,
    QuerySet,
    Sum,
    Window,
)
from django.db.models.functions import RowNumber

from exports.models import ExportJob

TIMED: Final = Q(started_at__isnull=False, completed_at__isnull=False)
"""They began and ended: their seconds are known."""
_SHARES: Final = (50, 95)
_KIND: Final = ("export_type", "format")
# The rows are read once, and sorted by no text: what kinds took is collected, then each
# kind's numbers are sorted, and those of all.
_NEAREST: Final = """
    WITH kinds AS MATERIALIZED ({kinds})
    SELECT ARRAY[export_type, format]::text[], (
        SELECT percentile_disc(%s) WITHIN GROUP (ORDER BY seconds)
        FROM unnest(taken) AS each (seconds)
    ) FROM kinds
    UNION ALL
    SELECT ARRAY[]::text[], percentile_disc(%s) WITHIN GROUP (ORDER BY seconds)
    FROM kinds, unnest(taken) AS each (seconds)
"""


class Group(NamedTuple):
    """Exports that were asked for on a day, in UTC, of one kind and end.

    :ivar error_code: empty unless they failed.
    """

    day: date
    export_type: str
    format: str
    status: str
    error_code: str


@dataclass(frozen=True, slots=True)
class Sums:
    """:ivar rows: in their files, as ``size`` is of their files, in bytes."""

    exports: int = 0
    rows: int = 0
    size: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.exports + other.exports,
            self.rows + other.rows,
            self.size + other.size,
        )


class Percentiles(NamedTuple):
    """Seconds from the last claim to the end: the nearest rank of those timed."""

    p50: float
    p95: float


class _Day(Func):
    """In UTC. Django's own way would call Python for each row of SQLite."""

    template = "((%(expressions)s) AT TIME ZONE 'UTC')::date"
    output_field = DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        form = "substr(%(expressions)s, 1, 10)"
        return self.as_sql(compiler, connection, template=form, **context)


class _Seconds(Func):
    """Of a duration. Numbers are sorted many times faster than durations."""

    template = "date_part('epoch', %(expressions)s)"
    output_field = FloatField()


class _Collected(Aggregate):
    function = "ARRAY_AGG"
    output_field = FloatField()


class _Taken(Func):
    """Seconds between two times, to order by: SQLite knows milliseconds alone."""

    template = "((julianday(%(expressions)s)) * 86400.0)"
    arg_joiner = ") - julianday("
    output_field = FloatField()


def sums(jobs: QuerySet[ExportJob]) -> dict[Group, Sums]:
    rows = (
        jobs.order_by()
        .annotate(day=_Day("created_at"))
        .values_list("day", "export_type", "format", "status", "error_code")
        .annotate(
            exports=Count("pk"), rows=Sum("file__row_count"), size=Sum("file__size")
        )
    )
    return {
        Group(*row[:5]): Sums(row[5], int(row[6] or 0), int(row[7] or 0))
        for row in rows
    }


def added(groups: Mapping[Group, Sums], *names: str) -> dict[tuple[Any, ...], Sums]:
    """By the groups' fields of these names, in their order."""
    found: dict[tuple[Any, ...], Sums] = {}
    for group, each in groups.items():
        key = tuple(getattr(group, name) for name in names)
        found[key] = found.get(key, Sums()) + each
    return dict(sorted(found.items()))


def total(parts: Iterable[Sums]) -> Sums:
    return sum(parts, Sums())


def percentiles(jobs: QuerySet[ExportJob]) -> dict[tuple[Any, ...], Percentiles]:
    """By type and format; of all of them, under the empty key."""
    timed = jobs.filter(TIMED).order_by()
    if connection.vendor == "postgresql":
        return _of_the_engine(timed)
    return _by_rank(timed, ()) | _by_rank(timed, _KIND)


def _of_the_engine(
    timed: QuerySet[ExportJob],
) -> dict[tuple[Any, ...], Percentiles]:
    taken = _Collected(_Seconds(F("completed_at") - F("started_at")))
    kinds = timed.values(*_KIND).annotate(taken=taken)
    try:
        statement, values = kinds.query.sql_with_params()
    except EmptyResultSet:
        return {}
    shares = [share / 100 for share in _SHARES]
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST.format(kinds=statement), [*values, shares, shares])
        return {
            tuple(kind): Percentiles(*found)
            for kind, found in cursor.fetchall()
            if found is not None
        }


def _by_rank(
    timed: QuerySet[ExportJob], names: tuple[str, ...]
) -> dict[tuple[Any, ...], Percentiles]:
    parts = [F(name) for name in names] or None
    ranked = timed.annotate(
        taken=_Taken("completed_at", "started_at"),
        rank=Window(RowNumber(), partition_by=parts, order_by=F("taken").asc()),
        among=Window(Count("*"), partition_by=parts),
    )
    ends = Q()
    for share in _SHARES:
        # The nearest rank: so large a share of them, rounded up, in whole numbers.
        nearest = (F("among") * share + 99) / 100
        ends |= Q(rank=nearest)
    found: dict[tuple[Any, ...], list[float]] = {}
    rows = ranked.filter(ends).values_list(*names, "rank", "started_at", "completed_at")
    for *key, _rank, begin, end in sorted(rows, key=itemgetter(len(names))):
        found.setdefault(tuple(key), []).append((end - begin).total_seconds())
    # Of one export alone both are the same row.
    return {key: Percentiles(each[0], each[-1]) for key, each in found.items()}
