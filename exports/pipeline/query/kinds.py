"""The types of the dialect: what an expression is, and how many digits it may have."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets.base import Column


class Family(StrEnum):
    TEXT = "text"
    UUID = "uuid"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    JSON = "json"
    BOOLEAN = "boolean"
    NULL = "null"


MAX_DIGITS: Final = 60
MAX_SCALE: Final = 18
MAX_WIDTH: Final = 64
_INTEGER_DIGITS: Final = 19


@dataclass(frozen=True, slots=True)
class Kind:
    """:ivar digits: of a decimal before the point, at most.

    :ivar width: of a text: how many cells of a table it may be made of.
    """

    family: Family
    scale: int = 0
    digits: int = _INTEGER_DIGITS
    width: int = 1

    @property
    def is_number(self) -> bool:
        return self.family in {Family.INTEGER, Family.DECIMAL}

    @property
    def is_text(self) -> bool:
        return self.family in {Family.TEXT, Family.UUID}

    @property
    def is_time(self) -> bool:
        return self.family in {Family.DATE, Family.DATETIME}

    @property
    def column_type(self) -> ColumnType:
        """A truth value goes out as the text ``true`` or ``false``."""
        if self.family in {Family.BOOLEAN, Family.NULL}:
            return ColumnType.TEXT
        return ColumnType(self.family.value)


TEXT: Final = Kind(Family.TEXT)
INTEGER: Final = Kind(Family.INTEGER)
DATE: Final = Kind(Family.DATE)
DATETIME: Final = Kind(Family.DATETIME)
BOOLEAN: Final = Kind(Family.BOOLEAN)
NULL: Final = Kind(Family.NULL)


def decimal(scale: int, digits: int) -> Kind:
    return Kind(Family.DECIMAL, scale=scale, digits=digits)


def of_column(column: Column) -> Kind:
    if column.type is ColumnType.DECIMAL:
        return decimal(column.scale, column.digits - column.scale)
    return Kind(Family(column.type.value))


def common(one: Kind, other: Kind) -> Kind | None:
    """What both can be read as; None: they do not fit."""
    if Family.NULL in {one.family, other.family}:
        return other if one.family is Family.NULL else one
    if one.is_number and other.is_number:
        if one.family is other.family is Family.INTEGER:
            return INTEGER
        return decimal(max(one.scale, other.scale), max(one.digits, other.digits))
    if one.is_text and other.is_text:
        family = one.family if one.family is other.family else Family.TEXT
        return Kind(family, width=max(one.width, other.width))
    if one.is_time and other.is_time:
        return one if one.family is other.family else DATETIME
    return one if one.family is other.family else None
