"""Excel: sheet XML streamed into a workbook whose other parts openpyxl made."""

import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, ClassVar, Final

from isal import isal_zlib
from stream_zip import ZIP_32, MemberFile, ZipOverflowError, stream_zip

from exports.errors import Incomplete, SizeExceeded
from exports.pipeline.columns import Block, Cells, OutColumn, Tally
from exports.pipeline.renderers import excel_skeleton
from exports.pipeline.renderers.base import Renderer
from exports.pipeline.renderers.excel_cells import (
    CELL_WRITERS,
    TextCells,
    rows_xml,
)
from exports.pipeline.renderers.excel_skeleton import Skeleton
from exports.pipeline.renderers.row_feed import RowFeed

GROUP_ROWS: Final = 2048
"""Rows turned to XML, and compressed, at a time; the widths are theirs, too."""
# Up to 2 the same bytes from every x86-64 with SSE 4.2; with 3 they differ.
_LEVEL: Final = 1
_RAW_DEFLATE: Final = -15
_MODE: Final = stat.S_IFREG | 0o644


class Excel(Renderer):
    extension = "xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    compressed_inside = True
    encryption = "agile"
    sheet_rows: ClassVar[int] = 1_048_576
    """Rows that a sheet can hold, its header counted."""

    def render(self, blocks: Iterable[Block]) -> Iterator[bytes]:
        """:raises Incomplete: for more rows than the sheets made for them hold.

        :raises SizeExceeded: for more than a ZIP file without ZIP64 can hold.
        """
        # A ZIP is pulled, member by member, so the hooks of a push have no place here.
        try:
            yield from stream_zip(
                self._members(RowFeed(blocks)),
                get_compressobj=_compressor,
                extended_timestamps=False,  # they would depend on the machine's zone
            )
        except ZipOverflowError as error:
            message = "a workbook's sheet can be of 4 GiB at most: take fewer rows"
            raise SizeExceeded(message) from error

    def _members(self, feed: RowFeed) -> Iterator[MemberFile]:
        groups = self._groups(feed)
        sample = next(groups, None)
        skeleton = excel_skeleton.build(
            self.columns,
            context=self.context,
            sheet_rows=self._planned_rows(),
            sample=sample or [],
        )
        for name, content in skeleton.parts.items():
            yield _member(name, [content])
        groups = chain([sample] if sample else [], groups)
        for name, ends in skeleton.sheets.items():
            yield _member(name, self._sheet(groups, ends=ends, skeleton=skeleton))
        if next(groups, None) is not None:
            message = f"more rows came than the {self.context.rows_expected} counted"
            raise Incomplete(message)

    def _groups(self, feed: RowFeed) -> Iterator[list[Cells]]:
        """No group lies on two sheets."""
        room = self._room
        while group := feed.take(min(GROUP_ROWS, room)):
            yield group
            room = (room - len(group[0])) or self._room

    def _sheet(
        self,
        groups: Iterator[list[Cells]],
        *,
        ends: tuple[bytes, bytes],
        skeleton: Skeleton,
    ) -> Iterator[bytes]:
        yield ends[0]
        number = 1
        if self.context.include_headers:
            yield _header(self.columns, skeleton=skeleton).encode()
            number = 2
        writers = [
            CELL_WRITERS[column.type](column, place=place, tally=self.context.tally)
            for column, place in zip(self.columns, skeleton.places, strict=True)
        ]
        while number <= self.sheet_rows and (group := next(groups, None)):
            yield rows_xml(writers, group, number).encode()
            rows = len(group[0])
            number += rows
            self.rows_closed += rows
        yield ends[1]

    @property
    def _room(self) -> int:
        """Data rows a sheet."""
        return self.sheet_rows - self.context.include_headers

    def _planned_rows(self) -> list[int]:
        """Rows of each sheet, its header counted: known before the first row is."""
        full, rest = divmod(self.context.rows_expected, self._room)
        planned = [self._room] * full + [rest] * (rest > 0)
        return [rows + self.context.include_headers for rows in planned or [0]]


def _header(columns: Sequence[OutColumn], *, skeleton: Skeleton) -> str:
    cells = (
        TextCells(
            column,
            place=replace(place, text_style=skeleton.header_style),
            tally=Tally(),  # of cells, so it does not count labels
        ).as_text("1", column.label)
        for column, place in zip(columns, skeleton.places, strict=True)
    )
    return f'<row r="1">{"".join(cells)}</row>'


def _member(name: str, content: Iterable[bytes]) -> MemberFile:
    return name, excel_skeleton.EPOCH, _MODE, ZIP_32, content


def _compressor() -> Any:
    # Speaks zlib's protocol without being its (private) type.
    return isal_zlib.compressobj(_LEVEL, wbits=_RAW_DEFLATE)
