"""Queries that people write, each with what Python makes of the same rows."""

import operator
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, Final

from tests.exports.pipeline.query.facts import Row, Tables

Answer = Callable[[Tables], list[tuple[Any, ...]]]
Honest = tuple[str, Answer]
Value = Callable[[Row], Any]


def divided(top: Any, bottom: Any) -> Decimal | None:
    """Six digits, a half away from nought, None by nought."""
    if top is None or not bottom:
        return None
    quotient = Decimal(top) / Decimal(bottom)
    return quotient.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def digits(value: Decimal, scale: int, how: str = ROUND_HALF_UP) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-scale), how)


def _low(text: str) -> str:
    return "".join(each.lower() if each.isascii() else each for each in text)


def _high(text: str) -> str:
    return "".join(each.upper() if each.isascii() else each for each in text)


_MOMENT: Final = datetime(2024, 6, 1, tzinfo=UTC)
# WHERE of verifications -> which rows it leaves.
CONDITIONS: Final[dict[str, Value]] = {
    "status = 'completed'": lambda r: r["status"] == "completed",
    "status <> 'completed'": lambda r: r["status"] != "completed",
    "status != 'completed' AND fee > 10": lambda r: (
        r["status"] != "completed" and r["fee"] > 10
    ),
    "fee > 100": lambda r: r["fee"] > 100,
    "fee >= 99.5": lambda r: r["fee"] >= Decimal("99.5"),
    "fee < 0": lambda r: r["fee"] < 0,
    "fee = 0 OR fee <= -1": lambda r: r["fee"] == 0 or r["fee"] <= -1,
    "fee BETWEEN 10 AND 500": lambda r: 10 <= r["fee"] <= 500,
    "fee NOT BETWEEN 10 AND 500": lambda r: not 10 <= r["fee"] <= 500,
    "score IS NULL": lambda r: r["score"] is None,
    "score IS NOT NULL": lambda r: r["score"] is not None,
    "NOT score > 0.5": lambda r: r["score"] is not None and r["score"] <= 0.5,
    "score > 0.5 OR score IS NULL": lambda r: r["score"] is None or r["score"] > 0.5,
    "risk_level IN ('low', 'high')": lambda r: r["risk_level"] in {"low", "high"},
    "risk_level NOT IN ('low', 'high')": lambda r: (
        r["risk_level"] in {"medium", "critical"}
    ),
    "fee IN (1, 2.5, 3.00)": lambda r: r["fee"] in {1, Decimal("2.5"), 3},
    "risk_level IS DISTINCT FROM 'low'": lambda r: r["risk_level"] != "low",
    "risk_level IS NOT DISTINCT FROM 'low'": lambda r: r["risk_level"] == "low",
    "business_name LIKE 'a%'": lambda r: r["business_name"].startswith("a"),
    "business_name ILIKE 'A%'": lambda r: r["business_name"][:1] in {"a", "A"},
    "business_name NOT LIKE '%a%'": lambda r: "a" not in r["business_name"],
    "business_name LIKE '100!%!_%' ESCAPE '!'": lambda r: r["business_name"].startswith(
        "100%_"
    ),
    r"business_name LIKE 'back\s%'": lambda r: r["business_name"][:6] == "back\\s",
    "business_name LIKE '_'": lambda r: len(r["business_name"]) == 1,
    "business_name > 'a'": lambda r: r["business_name"] > "a",
    "business_name < 'b' AND business_name >= 'A'": lambda r: (
        "A" <= r["business_name"] < "b"
    ),
    "business_name = 'O''Neill'": lambda r: r["business_name"] == "O'Neill",
    "starts_with(business_name, 'Al')": lambda r: r["business_name"][:2] == "Al",
    "created_at >= '2024-06-01'": lambda r: r["created_at"] >= _MOMENT,
    "created_at < TIMESTAMP '2024-06-01 00:00:00'": lambda r: r["created_at"] < _MOMENT,
    "created_at BETWEEN DATE '2024-03-01' AND '2024-06-01T02:00:00+02:00'": lambda r: (
        datetime(2024, 3, 1, tzinfo=UTC) <= r["created_at"] <= _MOMENT
    ),
    "extract(year FROM created_at) = 2025": lambda r: r["created_at"].year == 2025,
    "CAST(created_at AS date) = DATE '2024-01-31'": lambda r: (
        r["created_at"].date() == date(2024, 1, 31)
    ),
    "length(notes) > 5": lambda r: len(r["notes"]) > 5,
    "TRUE": lambda _: True,
    "NULL": lambda _: False,
    "(status = 'failed') = (fee > 300)": lambda r: (
        (r["status"] == "failed") == (r["fee"] > 300)
    ),
    "(score > 0.5) IS TRUE": lambda r: r["score"] is not None and r["score"] > 0.5,
    "(score > 0.5) IS NOT TRUE": lambda r: r["score"] is None or r["score"] <= 0.5,
    "coalesce(score, 0) = 0": lambda r: not r["score"],
    "nullif(status, 'pending') IS NULL": lambda r: r["status"] == "pending",
}


def _monday(moment: datetime) -> datetime:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def _start(moment: datetime, **values: int) -> datetime:
    base = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}
    return moment.replace(**(base | values))


def _months(moment: datetime, count: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + count, 12)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month + 1)


# An expression over verifications -> its value.
EXPRESSIONS: Final[dict[str, Value]] = {
    "fee + 1": lambda r: r["fee"] + 1,
    "fee - 0.125": lambda r: r["fee"] - Decimal("0.125"),
    "1 - fee": lambda r: 1 - r["fee"],
    "fee * 3": lambda r: r["fee"] * 3,
    "fee * score": lambda r: None if r["score"] is None else r["fee"] * r["score"],
    "fee / 3": lambda r: divided(r["fee"], 3),
    "fee / 0": lambda _: None,
    "10 / 4": lambda _: divided(10, 4),
    "7 % 3": lambda _: 1,
    "-7 % 3": lambda _: -1,
    "7 % 0": lambda _: None,
    "-fee": lambda r: -r["fee"],
    "abs(fee)": lambda r: abs(r["fee"]),
    "round(fee)": lambda r: digits(r["fee"], 0),
    "round(fee, 1)": lambda r: digits(r["fee"], 1),
    "round(score, 2)": lambda r: r["score"] and digits(r["score"], 2),
    "ceil(fee)": lambda r: digits(r["fee"], 0, ROUND_CEILING),
    "floor(fee)": lambda r: digits(r["fee"], 0, ROUND_FLOOR),
    "CAST(fee AS integer)": lambda r: int(digits(r["fee"], 0)),
    "CAST(fee AS decimal(14, 4))": lambda r: digits(r["fee"], 4),
    "CAST(fee AS text)": lambda r: f"{r['fee']:.2f}",
    "CAST(42 AS text) || '!'": lambda _: "42!",
    "CAST('12.50' AS decimal(6, 2)) + 1": lambda _: Decimal("13.50"),
    "lower(business_name)": lambda r: _low(r["business_name"]),
    "upper(business_name)": lambda r: _high(r["business_name"]),
    "trim(business_name)": lambda r: r["business_name"].strip(" "),
    "length(business_name)": lambda r: len(r["business_name"]),
    "substr(business_name, 2, 3)": lambda r: r["business_name"][1:4],
    "substring(business_name FROM 3)": lambda r: r["business_name"][2:],
    "left(business_name, 2)": lambda r: r["business_name"][:2],
    "replace(business_name, 'a', '')": lambda r: r["business_name"].replace("a", ""),
    "position('a' IN business_name)": lambda r: r["business_name"].find("a") + 1,
    "strpos(business_name, 'e')": lambda r: r["business_name"].find("e") + 1,
    "status || '/' || risk_level": lambda r: (
        r["risk_level"] and f"{r['status']}/{r['risk_level']}"
    ),
    "coalesce(risk_level, 'none')": lambda r: r["risk_level"] or "none",
    "coalesce(score, fee, 0)": lambda r: digits(
        r["fee"] if r["score"] is None else r["score"], 4
    ),
    "nullif(status, 'failed')": lambda r: (
        None if r["status"] == "failed" else r["status"]
    ),
    "CASE WHEN fee > 500 THEN 'much' WHEN fee > 100 THEN 'some' END": lambda r: (
        "much" if r["fee"] > 500 else "some" if r["fee"] > 100 else None
    ),
    "CASE status WHEN 'failed' THEN 1 WHEN 'expired' THEN 2 ELSE 0.5 END": lambda r: {
        "failed": Decimal("1.0"),
        "expired": Decimal("2.0"),
    }.get(r["status"], Decimal("0.5")),
    "fee > 100": lambda r: r["fee"] > 100,
    "score > 0.5 AND fee > 0": lambda r: (
        False if r["fee"] <= 0 else None if r["score"] is None else r["score"] > 0.5
    ),
    "CAST(created_at AS date)": lambda r: r["created_at"].date(),
    "CAST(created_at AS text)": lambda r: r["created_at"].isoformat(
        timespec="microseconds"
    ),
    "created_at": lambda r: r["created_at"],
    "extract(month FROM created_at)": lambda r: r["created_at"].month,
    "extract(quarter FROM created_at)": lambda r: (r["created_at"].month + 2) // 3,
    "extract(week FROM created_at)": lambda r: r["created_at"].isocalendar().week,
    "extract(dow FROM created_at)": lambda r: r["created_at"].isoweekday() % 7,
    "extract(isodow FROM created_at)": lambda r: r["created_at"].isoweekday(),
    "extract(doy FROM created_at)": lambda r: r["created_at"].timetuple().tm_yday,
    "extract(hour FROM created_at)": lambda r: r["created_at"].hour,
    "extract(second FROM created_at)": lambda r: r["created_at"].second,
    "extract(epoch FROM created_at)": lambda r: Decimal(
        (r["created_at"] - datetime(1970, 1, 1, tzinfo=UTC))
        // timedelta(microseconds=1)
    ).scaleb(-6),
    "date_trunc('year', created_at)": lambda r: _start(r["created_at"], month=1, day=1),
    "date_trunc('quarter', created_at)": lambda r: _start(
        r["created_at"], month=(r["created_at"].month - 1) // 3 * 3 + 1, day=1
    ),
    "date_trunc('month', created_at)": lambda r: _start(r["created_at"], day=1),
    "date_trunc('week', created_at)": lambda r: _monday(r["created_at"]),
    "date_trunc('day', created_at)": lambda r: _start(r["created_at"]),
    "date_trunc('hour', created_at)": lambda r: _start(
        r["created_at"], hour=r["created_at"].hour
    ),
    "created_at + INTERVAL '1 day'": lambda r: r["created_at"] + timedelta(days=1),
    "created_at - INTERVAL '90' minute": lambda r: (
        r["created_at"] - timedelta(minutes=90)
    ),
    "created_at + INTERVAL '1 month'": lambda r: _months(r["created_at"], 1),
    "CAST(created_at AS date) - INTERVAL '1 year'": lambda r: _months(
        r["created_at"], -12
    ).date(),
    "CAST(created_at AS date) - DATE '2024-01-01'": lambda r: (
        (r["created_at"].date() - date(2024, 1, 1)).days
    ),
}


def filters() -> Iterator[Honest]:
    for text, holds in CONDITIONS.items():
        yield (
            f"SELECT id FROM verifications WHERE {text} ORDER BY id",
            lambda t, holds=holds: [
                (r["id"],)
                for r in sorted(t["verifications"], key=operator.itemgetter("id"))
                if holds(r)
            ],
        )


def expressions() -> Iterator[Honest]:
    for text, value in EXPRESSIONS.items():
        yield (
            f"SELECT id, {text} AS x FROM verifications ORDER BY id DESC",
            lambda t, value=value: [
                (r["id"], value(r))
                for r in sorted(
                    t["verifications"], key=operator.itemgetter("id"), reverse=True
                )
            ],
        )
