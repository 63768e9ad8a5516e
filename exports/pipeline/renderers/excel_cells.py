"""Canonical text -> the XML of a sheet's cells, a column at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, groupby, repeat
from typing import ClassVar, Final, TypeAlias

from exports.pipeline.columns import Cells, ColumnType, OutColumn, Tally
from exports.pipeline.renderers import excel_text

# What follows one another in every row: the same text, or one text a row.
Piece: TypeAlias = str | Sequence[str]

MOST_DIGITS: Final = 15
"""Significant digits of a number that Excel keeps."""
TEXT_FORMAT: Final = "@"
_DAY_BEFORE_FIRST: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - serials have no zone
_SECONDS_A_DAY: Final = 86_400
_FIRST_DAY: Final = "1900-03-01"
"""Before it Excel counts a 29 February 1900 that never was."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column's cells lie: ``A``, and the styles of values and of text."""

    letters: str
    style: int
    text_style: int


class CellWriter:
    """A column. Fill ``values`` and ``careful``."""

    opening: ClassVar[str] = "<v>"
    closing: ClassVar[str] = "</v></c>"
    kind: ClassVar[str] = ""

    def __init__(self, column: OutColumn, *, place: Place, tally: Tally) -> None:
        self.column = column
        self._tally = tally
        self._head = f'<c r="{place.letters}'
        self._middle = f'" s="{place.style}"{self.kind}>{self.opening}'
        self._text_middle = f'" s="{place.text_style}" t="inlineStr">'

    def pieces(self, cells: Cells, numbers: Sequence[str]) -> list[Piece]:
        """:param numbers: the row number of each cell."""
        present = [cell for cell in cells if cell is not None]
        values = self.values(present)
        if values is None:
            return [self._one_by_one(cells, numbers)]
        if len(present) == len(cells):
            return [self._head, numbers, self._middle, values, self.closing]
        return [self._with_gaps(cells, numbers, values)]

    def values(self, present: list[str]) -> list[str] | None:
        """What lies between opening and closing; None: some need a careful look."""
        raise NotImplementedError

    def careful(self, number: str, cell: str) -> str:
        """A whole cell element."""
        raise NotImplementedError

    def as_text(self, number: str, text: str) -> str:
        for treatment, treated in excel_text.treat(text):
            self._tally.add(self.column.name, treatment)
            text = treated
        inline = excel_text.inline_string(text)
        return f"{self._head}{number}{self._text_middle}{inline}</c>"

    def kept_as_text(self, number: str, text: str) -> str:
        self._tally.add(self.column.name, "kept_as_text")
        return self.as_text(number, text)

    def as_value(self, number: str, value: str) -> str:
        return f"{self._head}{number}{self._middle}{value}{self.closing}"

    def _one_by_one(self, cells: Cells, numbers: Sequence[str]) -> list[str]:
        return [
            "" if cell is None else self.careful(number, cell)
            for number, cell in zip(numbers, cells, strict=True)
        ]

    def _with_gaps(
        self, cells: Cells, numbers: Sequence[str], values: Iterable[str]
    ) -> list[str]:
        head, middle, closing = self._head, self._middle, self.closing
        following = iter(values)
        return [
            "" if cell is None else f"{head}{number}{middle}{next(following)}{closing}"
            for number, cell in zip(numbers, cells, strict=True)
        ]


class TextCells(CellWriter):
    opening = excel_text.HEAD
    closing = f"{excel_text.TAIL}</c>"
    kind = ' t="inlineStr"'

    def values(self, present: list[str]) -> list[str] | None:
        return excel_text.plain_texts(present)

    def careful(self, number: str, cell: str) -> str:
        return self.as_text(number, cell)


class NumberCells(CellWriter):
    def values(self, present: list[str]) -> list[str] | None:
        if max(map(len, present), default=0) > MOST_DIGITS:
            return None
        digits = "".join(present).replace("-", "").replace(".", "")
        return present if digits.isascii() and digits.isdecimal() else None

    def careful(self, number: str, cell: str) -> str:
        digits = cell.removeprefix("-").replace(".", "", 1)
        is_number = digits.isascii() and digits.isdecimal()
        if is_number and len(digits.lstrip("0")) <= MOST_DIGITS:
            return self.as_value(number, cell)
        return self.kept_as_text(number, cell)


class DateCells(CellWriter):
    def values(self, present: list[str]) -> list[str] | None:
        if min(present, default=_FIRST_DAY) < _FIRST_DAY:
            return None
        return self.serials(present)

    def careful(self, number: str, cell: str) -> str:
        if cell < _FIRST_DAY:
            return self.kept_as_text(number, cell)
        return self.as_value(number, self.serials([cell])[0])

    def serials(self, cells: Sequence[str]) -> list[str]:
        parse, epoch = date.fromisoformat, _DAY_BEFORE_FIRST.toordinal()
        return [str(parse(cell).toordinal() - epoch) for cell in cells]


class DatetimeCells(DateCells):
    """The wall time of the text's own offset; a float tells microseconds until 2079."""

    def serials(self, cells: Sequence[str]) -> list[str]:
        parse, epoch = datetime.fromisoformat, _DAY_BEFORE_FIRST
        walls = [parse(cell[:26]) - epoch for cell in cells]
        # Whole numbers take two thirds of the time that a division and repr() take.
        # 14 digits of a day are more than the float that a reader makes of them has.
        fractions = [
            (wall.seconds * 10**14 + wall.microseconds * 10**8) // _SECONDS_A_DAY
            for wall in walls
        ]
        return [
            f"{wall.days}.{fraction:014d}"
            for wall, fraction in zip(walls, fractions, strict=True)
        ]


CELL_WRITERS: Final[dict[ColumnType, type[CellWriter]]] = {
    ColumnType.TEXT: TextCells,
    ColumnType.UUID: TextCells,
    ColumnType.JSON: TextCells,
    ColumnType.INTEGER: NumberCells,
    ColumnType.DECIMAL: NumberCells,
    ColumnType.DATE: DateCells,
    ColumnType.DATETIME: DatetimeCells,
}


def number_format(column: OutColumn) -> str:
    match column.type:
        case ColumnType.DECIMAL:
            return _decimal_format(column.scale)
        case ColumnType.INTEGER:
            return "0"
        case ColumnType.DATE:
            return "yyyy-mm-dd"
        case ColumnType.DATETIME:
            return "yyyy-mm-dd hh:mm:ss"
        case _:
            return TEXT_FORMAT


def _decimal_format(scale: int) -> str:
    if scale == 2:  # money
        return "#,##0.00"
    return f"0.{'0' * scale}" if scale else "0"


def rows_xml(
    writers: Sequence[CellWriter], group: Sequence[Cells], first_number: int
) -> str:
    rows = len(group[0])
    numbers = list(map(str, range(first_number, first_number + rows)))
    pieces: list[Piece] = ['<row r="', numbers, '">']
    for writer, cells in zip(writers, group, strict=True):
        pieces += writer.pieces(cells, numbers)
    pieces.append("</row>")
    # One join of all there is takes three fifths of what formatting each row takes.
    streams = [
        repeat(piece, rows) if isinstance(piece, str) else piece
        for piece in _with_neighbours_joined(pieces)
    ]
    return "".join(chain.from_iterable(zip(*streams, strict=True)))


def _with_neighbours_joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    for is_constant, run in groupby(pieces, lambda piece: isinstance(piece, str)):
        if is_constant:
            yield "".join(chain.from_iterable(run))
        else:
            yield from run
