"""Values that a query writes down: read here, so that no database has to."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from sqlglot import exp

from exports.pipeline.query import kinds
from exports.pipeline.query.classes import Bound
from exports.pipeline.query.generate import Engine
from exports.pipeline.query.kinds import Family, Kind
from exports.pipeline.query.refusals import refusal, refuse

_YEARS: Final = range(1000, 3000)


def number(node: exp.Expr, text: str, engine: Engine) -> Bound:
    """:raises QueryRefused: it has too many digits, or an exponent."""
    if not text.replace(".", "", 1).isdecimal() or not text.isascii():
        refuse(node, "a number is digits with at most one point")
    value = Decimal(text)
    if "." not in text:
        if value >= 1 << 63:
            refuse(node, "a whole number has at most 63 bits")
        return Bound(engine.integer(int(value)), kinds.INTEGER)
    scale = len(text.partition(".")[2])
    whole = len(text.partition(".")[0].lstrip("0")) or 1
    if scale > kinds.MAX_SCALE or whole > kinds.MAX_DIGITS:
        refuse(node, f"a number has at most {kinds.MAX_SCALE} digits after its point")
    kind = kinds.decimal(scale, whole)
    return Bound(engine.decimal(f"{value:.{scale}f}"), kind)


def whole(node: exp.Expr | None, low: int, high: int, what: str) -> int:
    """:raises QueryRefused: it is no whole number of that range, written down."""
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdecimal():
        text = node.name
        if len(text) < 10 and low <= int(text) <= high:
            return int(text)
    raise refusal(node, f"{what} is a whole number from {low} to {high}")


def read(node: exp.Expr, text: str, kind: Kind, engine: Engine) -> Bound:
    """A text as a value of another kind.

    :raises QueryRefused: it is none.
    """
    try:
        return _READERS[kind.family](text, kind, engine)
    except (ValueError, InvalidOperation, OverflowError, KeyError):
        refuse(node, f"this text is no {kind.family.value}")


def _date(text: str, _: Kind, engine: Engine) -> Bound:
    if len(text) != len("2024-01-31"):
        raise ValueError
    value = date.fromisoformat(text)
    if value.year not in _YEARS:
        raise ValueError
    return Bound(engine.date(value.isoformat()), kinds.DATE)


def _datetime(text: str, _: Kind, engine: Engine) -> Bound:
    """Without an offset it is of UTC; without a time it is midnight."""
    value = datetime.fromisoformat(text.replace(" ", "T", 1).upper())
    value = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if value.year not in _YEARS:
        raise ValueError
    written = value.isoformat(timespec="microseconds")
    return Bound(engine.datetime(written), kinds.DATETIME)


def _decimal(text: str, kind: Kind, engine: Engine) -> Bound:
    if len(text) > 60 or not text.isascii() or not text.lstrip("+-")[:1].isdigit():
        raise ValueError
    value = Decimal(text).quantize(Decimal(1).scaleb(-kind.scale))
    return Bound(engine.decimal(f"{value + 0:f}"), kind)


def _integer(text: str, _: Kind, engine: Engine) -> Bound:
    if len(text) > 20 or not text.isascii() or not -(1 << 63) <= int(text) < 1 << 63:
        raise ValueError
    return Bound(engine.integer(int(text)), kinds.INTEGER)


def _text(text: str, kind: Kind, engine: Engine) -> Bound:
    return Bound(engine.text(text), kind, text=text)


_READERS: Final = {
    Family.DATE: _date,
    Family.DATETIME: _datetime,
    Family.DECIMAL: _decimal,
    Family.INTEGER: _integer,
    Family.TEXT: _text,
    Family.UUID: _text,
}
