"""Blocks of any length in, groups of exactly the asked-for length out."""

from collections.abc import Iterable

from exports.pipeline.columns import Block, Cells


class RowFeed:
    """What a renderer writes at a time must not depend on how its rows arrive."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._blocks = iter(blocks)
        self._block: Block = ()
        self._at = 0
        self._end = 0

    def take(self, rows: int) -> list[Cells]:
        """The next ``rows`` rows as columns: fewer at the end, then none at all.

        A block that is asked for whole is handed on as it is, not copied.
        """
        parts: list[Block] = []
        missing = rows
        while missing and self._has_rows():
            part = self._cut(missing)
            parts.append(part)
            missing -= len(part[0])
        if len(parts) == 1:
            return list(parts[0])
        return [
            [cell for cells in column for cell in cells]
            for column in zip(*parts, strict=True)
        ]

    def _has_rows(self) -> bool:
        while self._at == self._end:
            block = next(self._blocks, None)
            if block is None:
                return False
            self._block, self._at, self._end = block, 0, len(block[0])
        return True

    def _cut(self, most: int) -> Block:
        start, self._at = self._at, min(self._at + most, self._end)
        if start == 0 and self._at == self._end:
            return self._block
        return [cells[start : self._at] for cells in self._block]
