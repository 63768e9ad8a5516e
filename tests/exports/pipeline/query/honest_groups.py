"""Honest queries over many rows: groups and windows."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import accumulate
from typing import Any, Final

from tests.exports.pipeline.query.facts import Row, Tables
from tests.exports.pipeline.query.honest import Honest, divided

Rows = list[Row]
Reduce = Callable[[Rows], Any]


def known(rows: Rows, name: str) -> list[Any]:
    return [row[name] for row in rows if row[name] is not None]


AGGREGATES: Final[dict[str, Reduce]] = {
    "count(*)": len,
    "count(score)": lambda rows: len(known(rows, "score")),
    "count(DISTINCT risk_level)": lambda rows: len(set(known(rows, "risk_level"))),
    "sum(fee)": lambda rows: sum(known(rows, "fee"), Decimal("0.00")),
    "sum(DISTINCT fee)": lambda rows: sum(set(known(rows, "fee")), Decimal("0.00")),
    "avg(fee)": lambda rows: divided(sum(known(rows, "fee")), len(rows)),
    "avg(score)": lambda rows: divided(
        sum(known(rows, "score")), len(known(rows, "score"))
    ),
    "min(fee)": lambda rows: min(known(rows, "fee")),
    "max(score)": lambda rows: max(known(rows, "score"), default=None),
    "min(business_name)": lambda rows: min(known(rows, "business_name")),
    "max(created_at)": lambda rows: max(known(rows, "created_at")),
    "count(*) FILTER (WHERE fee > 300)": lambda rows: sum(
        row["fee"] > 300 for row in rows
    ),
    "sum(fee) FILTER (WHERE fee > 99999)": lambda _: None,
    "bool_and(fee > 0)": lambda rows: all(row["fee"] > 0 for row in rows),
    "bool_or(score > 0.9)": lambda rows: (
        any(value > Decimal("0.9") for value in known(rows, "score"))
        if known(rows, "score")
        else None
    ),
    "sum(length(business_name))": lambda rows: sum(
        len(row["business_name"]) for row in rows
    ),
    "sum(fee) / count(*)": lambda rows: divided(sum(known(rows, "fee")), len(rows)),
}
KEYS: Final = ("status", "risk_level", "business_name")


def last(value: Any) -> tuple[bool, Any]:
    """Sorts nulls behind all else."""
    return value is None, "" if value is None else value


def grouped(rows: Rows, key: str) -> list[tuple[Any, Rows]]:
    groups: dict[Any, Rows] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return sorted(groups.items(), key=lambda item: last(item[0]))


def groups() -> Iterator[Honest]:
    for key in KEYS:
        for text, reduce in AGGREGATES.items():
            yield (
                (
                    f"SELECT {key}, {text} AS x FROM verifications GROUP BY {key}"
                    f" ORDER BY {key}"
                ),
                lambda t, key=key, reduce=reduce: [
                    (value, reduce(rows))
                    for value, rows in grouped(t["verifications"], key)
                ],
            )
    for text, reduce in AGGREGATES.items():
        yield (
            f"SELECT {text} AS x FROM verifications",
            lambda t, reduce=reduce: [(reduce(t["verifications"]),)],
        )


def _by_time(tables: Tables) -> Rows:
    return sorted(
        tables["verifications"], key=lambda row: (row["created_at"], row["id"])
    )


def _windows(tables: Tables, value: Callable[[Rows, int], Any]) -> list[Any]:
    """``value`` of each row within its status, in the order of time."""
    found = {}
    for _, rows in grouped(_by_time(tables), "status"):
        found |= {row["id"]: value(rows, place) for place, row in enumerate(rows)}
    return sorted(found.items())


def _rank(rows: Rows, place: int) -> int:
    values = sorted((row["risk_level"] for row in rows), key=last)
    return 1 + values.index(rows[place]["risk_level"])


def _dense(rows: Rows, place: int) -> int:
    values = sorted({row["risk_level"] for row in rows}, key=last)
    return 1 + values.index(rows[place]["risk_level"])


WINDOWS: Final[dict[str, Callable[[Rows, int], Any]]] = {
    "row_number() OVER ({0})": lambda _, place: place + 1,
    "lag(fee) OVER ({0})": lambda rows, place: (
        rows[place - 1]["fee"] if place else None
    ),
    "lead(fee, 2, 0) OVER ({0})": lambda rows, place: (
        rows[place + 2]["fee"] if place + 2 < len(rows) else Decimal("0.00")
    ),
    "first_value(fee) OVER ({0})": lambda rows, _: rows[0]["fee"],
    "sum(fee) OVER ({0})": lambda rows, place: sum(
        row["fee"] for row in rows[: place + 1]
    ),
    "sum(fee) OVER ({0} ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)": (
        lambda rows, place: sum(
            row["fee"] for row in rows[max(place - 1, 0) : place + 2]
        )
    ),
    "count(*) OVER (PARTITION BY status)": lambda rows, _: len(rows),
    "max(fee) OVER ({0} ROWS UNBOUNDED PRECEDING)": lambda rows, place: list(
        accumulate((row["fee"] for row in rows), max)
    )[place],
    "avg(fee) OVER (PARTITION BY status)": lambda rows, _: divided(
        sum(row["fee"] for row in rows), len(rows)
    ),
    "ntile(3) OVER ({0})": lambda rows, place: _tile(len(rows), place),
    "rank() OVER (PARTITION BY status ORDER BY risk_level)": _rank,
    "dense_rank() OVER (PARTITION BY status ORDER BY risk_level)": _dense,
    "count(*) FILTER (WHERE fee > 100) OVER ({0})": lambda rows, place: sum(
        row["fee"] > 100 for row in rows[: place + 1]
    ),
}


def _tile(count: int, place: int) -> int:
    sizes = [count // 3 + (number < count % 3) for number in range(3)]
    ends = list(accumulate(sizes))
    return 1 + next(number for number, end in enumerate(ends) if place < end)


def windows() -> Iterator[Honest]:
    over = "PARTITION BY status ORDER BY created_at"
    for text, value in WINDOWS.items():
        yield (
            f"SELECT id, {text.format(over)} AS x FROM verifications ORDER BY id",
            lambda t, value=value: _windows(t, value),
        )
