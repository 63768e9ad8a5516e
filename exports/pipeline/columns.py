"""What a column is on its way from a dataset to a file.

Between the database and the renderer every value is its canonical text, or None:

========  ==========================================================
type      canonical text
========  ==========================================================
text      as stored
uuid      36 characters, lower case
integer   ``-?[0-9]+``
decimal   exactly ``scale`` digits after the point
date      ``YYYY-MM-DD``
datetime  ``YYYY-MM-DDTHH:MM:SS.ffffff+HH:MM``
json      compact, keys sorted, not ASCII-escaped
========  ==========================================================
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

# What became of a row, in a file of changes.
UPSERT: Final = "upsert"
DELETE: Final = "delete"
# A block is a list of columns of equal length, at least one row long.
Cells: TypeAlias = list[str | None]
Block: TypeAlias = Sequence[Cells]


class ColumnType(StrEnum):
    TEXT = "text"
    UUID = "uuid"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    JSON = "json"

    @property
    def is_number(self) -> bool:
        return self in {ColumnType.INTEGER, ColumnType.DECIMAL}


@dataclass(frozen=True, slots=True)
class OutColumn:
    """A column as the renderer meets it: after labels, masks and transforms.

    :ivar name: what the tally counts it under; no two columns of a file share one.
    """

    name: str
    label: str
    type: ColumnType
    scale: int = 0
    """Digits after the point of a decimal."""
    zone: str = "UTC"
    """IANA name of the zone that a datetime's offset belongs to."""
    is_operation: bool = False
    """It says what became of each row; of one that is gone there is only the key."""


@dataclass(slots=True)
class Tally:
    """What happened to cells on their way: (column name, treatment) -> how often."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, column: str, treatment: str, count: int = 1) -> None:
        if count:
            self.counts[column, treatment] += count
