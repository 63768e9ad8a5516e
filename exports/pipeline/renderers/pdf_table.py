"""A long table as PDF: drawn row by row, in the same little memory at any length."""

from collections.abc import Sequence
from tempfile import TemporaryFile
from typing import BinaryIO

from exports.pipeline.columns import OutColumn, Tally
from exports.pipeline.renderers.base import RenderContext
from exports.pipeline.renderers.pdf_glyphs import Glyphs, pictures
from exports.pipeline.renderers.pdf_grid import Grid
from exports.pipeline.renderers.pdf_pages import ROOM, Pages, stamp_total
from exports.pipeline.renderers.pdf_rows import (
    METADATA_COLUMNS,
    labels,
    metadata_cells,
    subtitle,
    title,
)
from exports.pipeline.renderers.pdf_text import broken, shown
from exports.pipeline.renderers.pdf_widths import Fit, fit


class LongTable:
    """:param sample: the first rows, column by column: what the widths come from."""

    def __init__(
        self,
        columns: Sequence[OutColumn],
        context: RenderContext,
        sample: Sequence[Sequence[str]],
    ) -> None:
        self._columns = columns
        self._context = context
        self._glyphs = Glyphs()
        self._spool: BinaryIO = TemporaryFile()  # noqa: SIM115 - closed by close()
        self._pages = Pages(
            self._spool,
            title=title(context),
            subtitle=subtitle(columns, rows=context.rows_expected),
        )
        names = labels(columns)
        self._fit = fit(columns, names, sample, room=ROOM)
        self._grid = Grid(
            self._pages,
            self._fit,
            right=[column.type.is_number for column in columns],
            head=names if context.include_headers else (),
        )

    @property
    def rows(self) -> int:
        return self._grid.rows

    def add(self, cells: Sequence[list[str]]) -> None:
        """:param cells: texts as shown, column by column."""
        for column, texts in zip(self._columns, cells, strict=True):
            self._context.tally.add(
                column.name, "no_glyph", self._glyphs.unknown(texts)
            )
            self._context.tally.add(column.name, "picture", pictures(texts))
        lines = [
            broken(texts, places=places)
            for texts, places in zip(cells, self._fit.broken, strict=True)
        ]
        for row in zip(*lines, strict=True):
            self._grid.row(row)

    def finish(self, target: BinaryIO) -> None:
        self._grid.note()
        if self._context.metadata is not None:
            self._metadata()
        self._pages.close()
        self._spool.seek(0)
        stamp_total(self._spool, target, pages=self._pages.number)

    def _metadata(self) -> None:
        cells = metadata_cells(self._context.metadata or {})
        texts = [
            shown(column, column_cells, Tally())
            for column, column_cells in zip(METADATA_COLUMNS, cells, strict=True)
        ]
        self._pages.turn()
        self._pages.heading("Metadata")
        self._pages.y += 8
        widths = Fit(9, (ROOM * 0.25, ROOM * 0.75), ((), ()))
        names = labels(METADATA_COLUMNS)
        grid = Grid(self._pages, widths, right=(False, False), head=names)
        for row in zip(*texts, strict=True):
            grid.row(row)
        self._pages.note = ""

    def close(self) -> None:
        self._spool.close()
