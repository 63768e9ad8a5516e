"""Functions that the dialect needs on SQLite: exact numbers, and the calendar.

Decimals are their digits as text. What cannot be represented raises, as PostgreSQL
does: SQLite tells no more of it than that it happened.
"""

import calendar
import sqlite3
from bisect import bisect_left, insort
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
)
from functools import wraps
from typing import Any, ClassVar, Final

from django.db.backends.sqlite3._functions import (  # type: ignore[import-untyped] # untyped there
    _sqlite_datetime_cast_date,
)

from exports.pipeline.query.sqlite import COLLATION

_EXACT: Final = Context(prec=200)
_MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ROUNDING: Final = {
    "round": ROUND_HALF_UP,
    "ceil": ROUND_CEILING,
    "floor": ROUND_FLOOR,
}
_UNITS: Final = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
Number = int | str


class OutOfRange(ArithmeticError):
    """No integer of 64 bits, or no day of the calendar."""


def _whole(number: int) -> int:
    if not -(1 << 63) <= number < 1 << 63:
        raise OutOfRange
    return number


def _text(number: Decimal) -> str:
    """Adding 0 takes the sign off a nought."""
    return f"{_EXACT.add(number, Decimal(0)):f}"


def _operation(
    integers: Callable[[int, int], int],
    decimals: Callable[[Decimal, Decimal], Decimal],
) -> Callable[[Number, Number], Number]:
    def operate(left: Number, right: Number) -> Number:
        if isinstance(left, int) and isinstance(right, int):
            return _whole(integers(left, right))
        return _text(decimals(Decimal(left), Decimal(right)))

    return operate


def _divide(left: Number, right: Number) -> str | None:
    bottom = Decimal(right)
    if not bottom:
        return None
    top, bottom = abs(Decimal(left)), abs(bottom)
    sign = -1 if (Decimal(left) < 0) != (Decimal(right) < 0) else 1
    # In whole numbers: a quotient that is rounded twice may fall on the wrong side.
    scale = Decimal(10) ** 40
    over, under = int(top * scale) * 10**6, int(bottom * scale)
    return _text(Decimal(sign * ((2 * over + under) // (2 * under))).scaleb(-6))


def _absolute(number: Number) -> Number:
    if isinstance(number, int):
        return _whole(abs(number))
    return _text(_EXACT.abs(Decimal(number)))


def _scale(number: Number, scale: int) -> str:
    return _text(
        Decimal(number).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _EXACT)
    )


def _rounded(number: str, how: str, scale: int) -> str:
    unit = Decimal(1).scaleb(-scale)
    return _text(Decimal(number).quantize(unit, _ROUNDING[how], _EXACT))


def _integer(number: str) -> int:
    return _whole(int(Decimal(number).quantize(Decimal(1), ROUND_HALF_UP, _EXACT)))


def _moment(text: str) -> datetime:
    """A date is its midnight."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _like(model: str, moment: datetime) -> str:
    """As text of the same kind as ``model``."""
    if len(model) == len("2024-01-31"):
        return moment.date().isoformat()
    return moment.isoformat(timespec="microseconds")


_PARTS: Final[dict[str, Callable[[datetime], int]]] = {
    "year": lambda moment: moment.year,
    "quarter": lambda moment: (moment.month + 2) // 3,
    "month": lambda moment: moment.month,
    "week": lambda moment: moment.isocalendar().week,
    "day": lambda moment: moment.day,
    "dow": lambda moment: moment.isoweekday() % 7,
    "isodow": lambda moment: moment.isoweekday(),
    "doy": lambda moment: moment.timetuple().tm_yday,
    "hour": lambda moment: moment.hour,
    "minute": lambda moment: moment.minute,
    "second": lambda moment: moment.second,
}


def _part(unit: str, text: str) -> int:
    return _PARTS[unit](_moment(text))


def _epoch(text: str) -> str:
    return str(Decimal((_moment(text) - _EPOCH) // _MICROSECOND).scaleb(-6))


def _truncated(unit: str, text: str) -> str:
    moment = _moment(text).replace(microsecond=0)
    if unit == "week":
        moment -= timedelta(days=moment.weekday())
        unit = "day"
    if unit == "quarter":
        moment = moment.replace(month=(moment.month - 1) // 3 * 3 + 1, day=1)
        unit = "month"
    floor = {"second": 0, "minute": 0, "hour": 0, "day": 1, "month": 1}
    for smaller in reversed(_UNITS[_UNITS.index(unit) + 1 :]):
        if smaller in floor:
            moment = moment.replace(**{smaller: floor[smaller]})  # type: ignore[arg-type] # names of fields
    return _like(text, moment)


def _shifted(text: str, count: int, unit: str) -> str:
    moment = _moment(text)
    months = {"year": 12, "month": 1}.get(unit)
    if months is None:
        return _like(text, moment + timedelta(**{f"{unit}s": count}))
    year, month = divmod(moment.year * 12 + moment.month - 1 + months * count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    moved = moment.replace(year=year, month=month + 1, day=min(moment.day, last))
    return _like(text, moved)


def _days(left: str, right: str) -> int:
    return (date.fromisoformat(left) - date.fromisoformat(right)).days


class _Sum:
    """Of decimals, also over a window that moves."""

    def __init__(self) -> None:
        self._total = Decimal(0)
        self._count = 0

    def step(self, number: str | None) -> None:
        if number is not None:
            self._total = _EXACT.add(self._total, Decimal(number))
            self._count += 1

    def inverse(self, number: str | None) -> None:
        if number is not None:
            self._total = _EXACT.subtract(self._total, Decimal(number))
            self._count -= 1

    def value(self) -> str | None:
        return _text(self._total) if self._count else None

    finalize = value


class _Least:
    """The smallest of decimals, also over a window that moves."""

    place: ClassVar[int] = 0

    def __init__(self) -> None:
        self._sorted: list[Decimal] = []

    def step(self, number: str | None) -> None:
        if number is not None:
            insort(self._sorted, Decimal(number))

    def inverse(self, number: str | None) -> None:
        if number is not None:
            del self._sorted[bisect_left(self._sorted, Decimal(number))]

    def value(self) -> str | None:
        return _text(self._sorted[self.place]) if self._sorted else None

    finalize = value


class _Greatest(_Least):
    place = -1


def _compare(left: str, right: str) -> int:
    one, other = Decimal(left), Decimal(right)
    return (one > other) - (one < other)


def _between(number: str | None, low: str | None, high: str | None) -> bool | None:
    """By SQL's logic: false when one bound says so, whatever the other is."""
    if number is None:
        return None
    passes = [
        None if low is None else _compare(low, number) <= 0,
        None if high is None else _compare(number, high) <= 0,
    ]
    return False if False in passes else None if None in passes else True


def _nulls_pass(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def called(*arguments: Any) -> Any:
        return None if None in arguments else function(*arguments)

    return called


FUNCTIONS: Final[dict[str, tuple[int, Callable[..., Any]]]] = {
    "q_add": (2, _operation(lambda a, b: a + b, _EXACT.add)),
    "q_subtract": (2, _operation(lambda a, b: a - b, _EXACT.subtract)),
    "q_multiply": (2, _operation(lambda a, b: a * b, _EXACT.multiply)),
    "q_divide": (2, _divide),
    "q_compare": (2, _compare),
    "q_absolute": (1, _absolute),
    "q_scale": (2, _scale),
    "q_rounded": (3, _rounded),
    "q_integer": (1, _integer),
    "q_part": (2, _part),
    "q_epoch": (1, _epoch),
    "q_truncated": (2, _truncated),
    "q_shifted": (3, _shifted),
    "q_days": (2, _days),
}
AGGREGATES: Final[dict[str, type[_Sum | _Least]]] = {
    "q_sum": _Sum,
    "q_min": _Least,
    "q_max": _Greatest,
}
DAY_OF_ZONE: Final = "django_datetime_cast_date"


def bring(connection: sqlite3.Connection) -> None:
    """Register them all, and the one function that a dataset's view needs."""
    for name, (count, function) in FUNCTIONS.items():
        connection.create_function(
            name, count, _nulls_pass(function), deterministic=True
        )
    connection.create_function("q_between", 3, _between, deterministic=True)
    for name, kind in AGGREGATES.items():
        connection.create_window_function(name, 1, kind)
    connection.create_collation(COLLATION, _compare)
    connection.create_function(
        DAY_OF_ZONE, 3, _sqlite_datetime_cast_date, deterministic=True
    )
