"""Values as the canonical text that every table of the engine is made of."""

from collections.abc import Callable
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from customers.view360.shape import View
from exports.customer360.fields import Field, Kind
from exports.pipeline.columns import ColumnType, OutColumn

TYPES: Final = {
    Kind.TEXT: ColumnType.TEXT,
    Kind.WORD: ColumnType.TEXT,
    Kind.MOMENT: ColumnType.DATETIME,
    Kind.INTEGER: ColumnType.INTEGER,
    Kind.DECIMAL: ColumnType.DECIMAL,
    Kind.MONEY: ColumnType.DECIMAL,
    Kind.NAMES: ColumnType.TEXT,
    Kind.NESTED: ColumnType.JSON,
}
BETWEEN_NAMES: Final = "; "
_NESTED: Final = msgspec.json.Encoder(order="sorted", enc_hook=str)


def column(field: Field, *, label: str = "") -> OutColumn:
    kind = TYPES[field.kind]
    return OutColumn(field.name, label or str(field.label), kind, scale=field.scale)


def canonical(field: Field, value: Any, *, zone: tzinfo = UTC) -> str | None:
    """None stays None: what is unknown has no text."""
    if value is None:
        return None
    if field.kind is Kind.MOMENT:
        return str(value.astimezone(zone).isoformat(timespec="microseconds"))
    if field.kind in {Kind.DECIMAL, Kind.MONEY}:
        return decimal(value, scale=field.scale)
    return _WRITERS.get(field.kind, str)(value)


def _names(names: tuple[str, ...]) -> str | None:
    return BETWEEN_NAMES.join(names) or None


_WRITERS: Final[dict[Kind, Callable[[Any], str | None]]] = {
    Kind.NAMES: _names,
    Kind.NESTED: lambda value: _NESTED.encode(value).decode(),
}


def decimal(value: Decimal, *, scale: int) -> str:
    return f"{value:.{scale}f}"


def zone_of(view: View) -> ZoneInfo:
    return ZoneInfo(view.time_zone)


def name_of(view: View) -> str | None:
    """The customer's, as a title; None: it may not be seen, or there is none."""
    return view.profile.name or None


def short(identity: UUID) -> str:
    """What stands for a customer whose name may not be seen."""
    return str(identity)[:8]
