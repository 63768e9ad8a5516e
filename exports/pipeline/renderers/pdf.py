"""PDF: a titled table over numbered pages; short ones by CSS, long ones row by row."""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from tempfile import TemporaryFile
from typing import Any, BinaryIO, ClassVar, Final

from exports.pipeline.columns import Block, OutColumn
from exports.pipeline.renderers import pdf_fonts
from exports.pipeline.renderers.base import RenderContext, Renderer
from exports.pipeline.renderers.pdf_text import shown

DOCUMENT_ROWS: Final = 200
DOCUMENT_COLUMNS: Final = 20
DOCUMENT_CELL: Final = 300
DOCUMENT_LINES: Final = 30
"""Of one cell. CSS is slow with more, and repeats no head over a row cut in two."""
DOCUMENT_METADATA: Final = 2000
"""Characters of one value."""
CHUNK: Final = 1 << 20


# Scripts whose letters change places or stack: CSS shows them well, but its PDF has a
# text layer that loses letters, so that nobody could search or copy them.
_STACKED: Final = re.compile(
    "[\u0300-\u036f\u0900-\u109f\u1780-\u17ff\u1900-\u1cff\ua800-\uabff]"
    "|[\U00011000-\U00011fff]"
)


class Pdf(Renderer):
    """Keeps the first rows; their number and their text decide who draws."""

    extension: ClassVar[str] = "pdf"
    media_type: ClassVar[str] = "application/pdf"
    compressed_inside: ClassVar[bool] = True
    builds_first: ClassVar[bool] = True
    encryption: ClassVar[str] = "pdf"

    def __init__(self, columns: Sequence[OutColumn], context: RenderContext) -> None:
        super().__init__(columns, context)
        self._kept: list[list[str]] = [[] for _ in columns]
        self._long: Any = None

    def render(self, blocks: Iterable[Block]) -> Iterator[bytes]:
        try:
            yield from super().render(blocks)
        finally:
            if self._long:
                self._long.close()

    def begin(self) -> Iterable[bytes]:
        """:raises Unavailable: when fonts or libraries are missing here."""
        pdf_fonts.require()
        return ()

    def block(self, block: Block) -> Iterable[bytes]:
        cells = [
            shown(column, column_cells, self.context.tally)
            for column, column_cells in zip(self.columns, block, strict=True)
        ]
        if self._long:
            self._long.add(cells)
            return ()
        for kept, more in zip(self._kept, cells, strict=True):
            kept.extend(more)
        if len(self._kept[0]) > DOCUMENT_ROWS:
            self._draw_long()
        return ()

    def end(self) -> Iterator[bytes]:
        if not self._long and self._is_beyond_css():
            self._draw_long()
        with TemporaryFile() as target:
            self._finish(target)
            target.seek(0)
            while chunk := target.read(CHUNK):
                yield chunk

    def _finish(self, target: BinaryIO) -> None:
        if self._long:
            self._long.finish(target)
            self.rows_closed = self._long.rows
            return
        write = load("pdf_document").write_document
        self.rows_closed = write(
            target, columns=self.columns, context=self.context, cells=self._kept
        )

    def _is_beyond_css(self) -> bool:
        metadata = self.context.metadata or {}
        return (
            len(self.columns) > DOCUMENT_COLUMNS
            or any(_is_hard(text) for cells in self._kept for text in cells)
            or any(len(str(value)) > DOCUMENT_METADATA for value in metadata.values())
        )

    def _draw_long(self) -> None:
        sample = [cells[:DOCUMENT_ROWS] for cells in self._kept]
        table = load("pdf_table").LongTable(self.columns, self.context, sample)
        self._long = table
        table.add(self._kept)
        self._kept = []


def _is_hard(text: str) -> bool:
    return (
        len(text) > DOCUMENT_CELL
        or text.count("\n") > DOCUMENT_LINES
        or (not text.isascii() and _STACKED.search(text) is not None)
    )


def load(name: str) -> Any:
    """Only once the fonts are bound, and the libraries are known to be here."""
    with warnings.catch_warnings():
        # The bindings leave the files open that they read while being imported.
        warnings.simplefilter("ignore", ResourceWarning)
        return import_module(f"exports.pipeline.renderers.{name}")
