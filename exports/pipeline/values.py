"""Values that a request names for a column, read by the column's type."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets.base import Column

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MAX_TEXT: Final = 1000
MAX_DIGITS: Final = 64


class BadValue(ValueError):
    """Says what kind of value is wanted."""


def read(value: Any, column: Column) -> Any:
    """The value as the database wants it.

    :raises BadValue: it is no value of the column's type.
    """
    if value is None:
        raise BadValue("is null: ask with '_isnull' instead")
    return _READERS[column.type](value, column)


def moment(value: Any) -> datetime:
    """ISO 8601 with an offset, as UTC.

    :raises BadValue: it is not.
    """
    wanted = "must be an ISO 8601 time with offset, such as 2024-01-01T00:00:00Z"
    if not isinstance(value, str) or "T" not in value.upper() or len(value) > 40:
        raise BadValue(wanted)
    try:
        parsed = datetime.fromisoformat(value.upper())
        if parsed.tzinfo is None:
            raise BadValue(wanted)
        return parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadValue(wanted) from error


def _text(value: Any, column: Column) -> str:
    if column.choices:
        if value not in column.choices:
            raise BadValue(f"must be one of {', '.join(column.choices)}")
    elif not isinstance(value, str) or len(value) > MAX_TEXT:
        raise BadValue(f"must be a text of at most {MAX_TEXT} characters")
    return str(value)


def _uuid(value: Any, _: Column) -> UUID:
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError) as error:
        raise BadValue("must be a UUID") from error


def _integer(value: Any, _: Column) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 1 << 63:
        raise BadValue("must be a whole number of at most 63 bits")
    return value


def _decimal(value: Any, column: Column) -> Decimal | int:
    whole = column.digits - column.scale
    wanted = f"must be a number with at most {whole} digits before the point and"
    wanted = f"{wanted} {column.scale} after it"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadValue(wanted)
    if len(text := str(value)) > MAX_DIGITS:
        raise BadValue(wanted)
    try:
        number = Decimal(text)
        exact = number == number.quantize(Decimal(1).scaleb(-column.scale))
    except InvalidOperation as error:
        raise BadValue(wanted) from error
    if not exact or abs(number) >= 10**whole:
        raise BadValue(wanted)
    return int(number * column.factor) if column.factor != 1 else number


def _date(value: Any, _: Column) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise BadValue("must be a date such as 2024-01-31")


def _datetime(value: Any, _: Column) -> datetime:
    return moment(value)


def _json(_value: Any, _column: Column) -> Any:
    raise BadValue("cannot be compared")


_READERS: Final[dict[ColumnType, Callable[[Any, Column], Any]]] = {
    ColumnType.TEXT: _text,
    ColumnType.UUID: _uuid,
    ColumnType.INTEGER: _integer,
    ColumnType.DECIMAL: _decimal,
    ColumnType.DATE: _date,
    ColumnType.DATETIME: _datetime,
    ColumnType.JSON: _json,
}
