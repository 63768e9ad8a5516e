"""Rows as JSON objects, for every format that is made of JSON."""

from collections.abc import Callable, Sequence
from itertools import starmap
from typing import Any, Final

import msgspec

from exports.pipeline.columns import Block, Cells, ColumnType, OutColumn

# Their canonical text is JSON as it stands: so decimals keep their digits.
BARE: Final = frozenset({ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.JSON})
ENCODER: Final = msgspec.json.Encoder()
UNNAMEABLE: Final = frozenset('"\\') | frozenset(map(chr, range(0x20)))


class JsonRows:
    """:ivar labels: the keys of each row, in order."""

    def __init__(self, columns: Sequence[OutColumn]) -> None:
        self.labels = [column.label for column in columns]
        self._bare = [column.type in BARE for column in columns]
        self._row = _row_maker(self.labels)

    def of(self, block: Block) -> list[Any]:
        """What ``ENCODER`` writes as objects."""
        cells = starmap(_values, zip(self._bare, block, strict=True))
        return list(map(self._row, *cells))


def _values(is_bare: bool, cells: Cells) -> Sequence[object]:  # noqa: FBT001 -- for starmap
    raw = msgspec.Raw
    return [None if c is None else raw(c) for c in cells] if is_bare else cells


def _row_maker(labels: Sequence[str]) -> Callable[..., object]:
    """A struct is written three times as fast as a dict, but not under every name."""
    if UNNAMEABLE.isdisjoint("".join(labels)):
        fields = [f"f{place}" for place in range(len(labels))]
        names = dict(zip(fields, labels, strict=True))
        return msgspec.defstruct("Row", fields, rename=names, gc=False)
    return lambda *cells: dict(zip(labels, cells, strict=True))
