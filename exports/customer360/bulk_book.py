"""One workbook of many customers: rows wait on disk until all styles are known."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO, Any, Final

import msgspec
from stream_zip import ZipOverflowError

from customers.view360.shape import View
from exports.customer360.bulk_sheets import sheets_of
from exports.customer360.xlsx import packed, rows_xml
from exports.customer360.xlsx_book import Book, Style, build, shown_length, style_of
from exports.customer360.xlsx_sheets import Cell, Row, Sheet
from exports.errors import SizeExceeded
from exports.pipeline.sinks.compress import in_blocks

SHEET_ROWS: Final = 1_048_576
"""Rows that a sheet can hold, its head counted."""
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder()
_LENGTH_BYTES: Final = 4
_BLOCK_BYTES: Final = 1 << 16


@dataclass(slots=True)
class Waiting(Sheet):
    """A sheet whose rows are on disk: what it holds of them tells widths and styles.

    :ivar count: rows on disk, the head is the first.
    :ivar widest: of each column, the cell that takes the most room.
    """

    file: IO[bytes] = field(kw_only=True)
    count: int = 0
    widest: list[Cell | None] = field(default_factory=list)
    styles: dict[Style, tuple[int, Cell]] = field(default_factory=dict)

    @property
    def length(self) -> int:
        return self.count

    def take(self, rows: Iterable[Row]) -> None:
        """:raises SizeExceeded: more than a sheet can hold."""
        taken = list(rows)
        self.count += len(taken)
        if self.count > SHEET_ROWS:
            raise SizeExceeded(
                f"the sheet {self.name} would have more than {SHEET_ROWS} rows: take"
                " fewer customers or orders, or a workbook each"
            )
        for row in taken:
            self._look_at(row)
        block = _ENCODER.encode([[_plain(cell) for cell in row] for row in taken])
        self.file.write(len(block).to_bytes(_LENGTH_BYTES, "big") + block)

    def _look_at(self, row: Row) -> None:
        self.widest += [None] * (len(row) - len(self.widest))
        for place, cell in enumerate(row):
            if cell is None:
                continue
            self.styles.setdefault(style_of(cell), (place, cell))
            known = self.widest[place]
            if known is None or shown_length(cell) > shown_length(known):
                self.widest[place] = cell

    def summed_up(self) -> None:
        """``rows`` become a head, the widest cells, and a cell of each style."""
        head = next(self.kept())
        self.rows = [head, self.widest]
        for place, cell in self.styles.values():
            row: list[Cell | None] = [None] * len(head)
            row[place] = cell
            self.rows.append(row)

    def kept(self) -> Iterator[Row]:
        self.file.seek(0)
        while size := self.file.read(_LENGTH_BYTES):
            block = self.file.read(int.from_bytes(size, "big"))
            for row in _DECODER.decode(block):
                yield [None if cell is None else Cell(*cell) for cell in row]


def _plain(cell: Cell | None) -> tuple[Any, ...] | None:
    if cell is None:
        return None
    return cell.text, str(cell.kind), cell.currency, cell.scale, cell.right


def workbook(views: Iterable[View], *, title: str, currency: str) -> Iterator[bytes]:
    """Each view is read out before the next one is asked for.

    :raises SizeExceeded: more than a workbook can hold.
    """
    with ExitStack() as files:
        waiting: dict[str, Waiting] = {}
        for view in views:
            for sheet in sheets_of(view):
                if sheet.name not in waiting:
                    file = files.enter_context(TemporaryFile())
                    made = Waiting(sheet.name, filtered=sheet.filtered, file=file)
                    made.take(sheet.rows[:1])
                    waiting[sheet.name] = made
                waiting[sheet.name].take(sheet.rows[1:])
        made_sheets = list(waiting.values())
        for made in made_sheets:
            made.summed_up()
        book = build(made_sheets, title=title, currency=currency)
        try:
            yield from packed(book, (_xml(sheet, book) for sheet in made_sheets))
        except ZipOverflowError as error:
            message = "a workbook's sheet can be of 4 GiB at most: take fewer orders"
            raise SizeExceeded(message) from error


def _xml(sheet: Waiting, book: Book) -> Iterator[bytes]:
    # Row by row, the compressor would be called once a row.
    rows = rows_xml(sheet.kept(), book)
    return in_blocks((row.encode() for row in rows), _BLOCK_BYTES)
