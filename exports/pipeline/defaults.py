"""What stands for null, checked and written as the column's other cells are."""

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from exports.pipeline.columns import ColumnType, OutColumn
from exports.pipeline.moments import utc_text


def canonical(out: OutColumn, text: str) -> str:
    """:raises ValueError: ``text`` is no value of the column's type.

    :raises OverflowError: it is a moment beyond all calendars.

    :raises InvalidOperation: it is no number, or has too many digits.
    """
    match out.type:
        case ColumnType.INTEGER:
            return _integer(text)
        case ColumnType.DECIMAL:
            return _decimal(text, out.scale)
        case ColumnType.DATE:
            return datetime.strptime(text, "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 - a date has no zone
        case ColumnType.DATETIME:
            return _in_utc(text)
    return text


def rounded(number: Decimal, digits: int) -> str:
    """Half to even; adding 0 takes the sign off a nought."""
    unit = Decimal(1).scaleb(-digits)
    return f"{number.quantize(unit, ROUND_HALF_EVEN) + 0:f}"


def _integer(text: str) -> str:
    number = int(text)
    if abs(number) >= 1 << 63:
        raise ValueError(text)
    return str(number)


def _decimal(text: str, scale: int) -> str:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return rounded(number, scale)


def _in_utc(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return utc_text(moment)
