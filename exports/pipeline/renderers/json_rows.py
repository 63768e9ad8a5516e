"""Rows as JSON objects, for every format that is made of JSON."""

from collections.abc import Callable, Iterable, Sequence
from itertools import starmap
from typing import Any, Final

import msgspec
from msgspec import UNSET

from exports.pipeline.columns import DELETE, Block, Cells, ColumnType, OutColumn

# Their canonical text is JSON as it stands: so decimals keep their digits.
BARE: Final = frozenset({ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.JSON})
ENCODER: Final = msgspec.json.Encoder()
UNNAMEABLE: Final = frozenset('"\\') | frozenset(map(chr, range(0x20)))


class JsonRows:
    """:ivar labels: the keys of each row, in order."""

    def __init__(self, columns: Sequence[OutColumn]) -> None:
        self.labels = [column.label for column in columns]
        self._tells_operations = columns[0].is_operation
        self._bare = [column.type in BARE for column in columns]
        self._row = _row_maker(self.labels)

    def of(self, block: Block) -> list[Any]:
        """What ``ENCODER`` writes as objects."""
        cells: Iterable[Any] = starmap(_values, zip(self._bare, block, strict=True))
        if self._tells_operations:
            cells = _without_what_is_gone(list(cells))
        return list(map(self._row, *cells))


def _values(is_bare: bool, cells: Cells) -> Sequence[object]:  # noqa: FBT001 -- for starmap
    raw = msgspec.Raw
    return [None if c is None else raw(c) for c in cells] if is_bare else cells


def _without_what_is_gone(cells: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Of a row that is deleted only what it has: its key."""
    operations = cells[0]
    return [
        [
            UNSET if operation == DELETE and cell is None else cell
            for operation, cell in zip(operations, column, strict=True)
        ]
        for column in cells
    ]


def _row_maker(labels: Sequence[str]) -> Callable[..., object]:
    """A struct is written three times as fast as a dict, but not under every name."""
    if UNNAMEABLE.isdisjoint("".join(labels)):
        fields = [f"f{place}" for place in range(len(labels))]
        names = dict(zip(fields, labels, strict=True))
        return msgspec.defstruct("Row", fields, rename=names, gc=False)
    return lambda *cells: {
        label: cell
        for label, cell in zip(labels, cells, strict=True)
        if cell is not UNSET
    }
