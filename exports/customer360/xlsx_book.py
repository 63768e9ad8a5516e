"""The workbook around its rows: openpyxl makes styles, widths, heads and the chart."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from exports.customer360.fields import Kind
from exports.customer360.xlsx_chart import add_chart
from exports.customer360.xlsx_sheets import DATE, HEAD, NAME, PERCENT, Cell, Row, Sheet
from exports.pipeline.renderers import excel_text
from exports.pipeline.renderers.excel_skeleton import saved, split, without_sheets

_NARROWEST: Final = 10
_WIDEST: Final = 60
_LINE_POINTS: Final = 15
_TALLEST: Final = 409
"""Points of a row, that Excel takes at most."""
_FORMATS: Final = {
    Kind.INTEGER: "#,##0",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
    DATE: "mmm yyyy",
    PERCENT: "0.00%",
}
_TEXT: Final = "@"
_DIMENSION: Final = re.compile(rb'<dimension ref="[^"]*" ?/>')
_INK: Final = "FF1F4073"

Style = tuple[str, str, int, bool]


@dataclass(frozen=True, slots=True)
class Book:
    """:ivar sheets: part name -> what stands before and after the sheet's rows."""

    parts: Mapping[str, bytes]
    sheets: Mapping[str, tuple[bytes, bytes]]
    styles: Mapping[Style, int]


def style_of(cell: Cell) -> Style:
    return cell.kind, cell.currency, cell.scale, cell.right


def build(sheets: Sequence[Sheet], *, title: str, currency: str) -> Book:
    workbook = without_sheets()
    for sheet in sheets:
        made = workbook.create_sheet(sheet.name)
        _furnish(made, sheet)
        if sheet.months:
            add_chart(made, months=sheet.months, currency=currency)
    styles = _styles(workbook.worksheets[0], sheets)
    parts = saved(workbook, title=_title(title))
    ends = {}
    for place, sheet in enumerate(sheets, 1):
        name = f"xl/worksheets/sheet{place}.xml"
        ends[name] = split(_DIMENSION.sub(_dimension(sheet), parts.pop(name)))
    return Book(parts, ends, styles)


def _furnish(made: Worksheet, sheet: Sheet) -> None:
    width, length = len(sheet.rows[0]), sheet.length
    made.cell(row=1, column=1)  # some row, for the place of the rows to be found
    made.freeze_panes = "A2"
    made.auto_filter.ref = f"A1:{get_column_letter(sheet.filtered)}{length}"
    for place in range(width):
        letters = get_column_letter(place + 1)
        made.column_dimensions[letters].width = _width(sheet, place)
    made.page_setup.orientation, made.page_setup.paperSize = "landscape", 9
    made.page_setup.fitToHeight = 0
    made.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    made.print_title_rows = "1:1"


def _width(sheet: Sheet, place: int) -> float:
    """Of characters; the head's arrow of the filter takes the room of two."""
    cells = [row[place] for row in sheet.rows]
    if not any(cells):
        return 3
    longest = max(shown_length(cell) for cell in cells if cell)
    return min(max(longest + 3, _NARROWEST), _WIDEST)


def height(row: Row) -> int | None:
    """Points of a row whose texts take more than a line; None: of any other."""
    lines = max(_lines(cell.text) for cell in row if cell)
    return min(lines * _LINE_POINTS, _TALLEST) if lines > 1 else None


def _lines(text: str) -> int:
    if len(text) < _WIDEST and "\n" not in text:
        return 1
    return sum(len(line) // (_WIDEST - 3) + 1 for line in text.split("\n"))


def shown_length(cell: Cell) -> int:
    if cell.kind == Kind.MONEY:
        return len(cell.text) * 4 // 3 + len(cell.currency) + 1
    if cell.kind == Kind.MOMENT:
        return 16
    longest = max(map(len, cell.text[:500].splitlines()), default=0)
    # East Asian letters are twice as wide.
    wide = 0 if cell.text.isascii() else sum(sign >= "\u1100" for sign in cell.text)
    return min(longest + wide, _WIDEST) + 3 * (cell.kind == HEAD)


def _styles(sheet: Worksheet, sheets: Sequence[Sheet]) -> dict[Style, int]:
    """The cells that get the styles go with the rows that are cut out."""
    wanted = {
        style_of(cell): cell
        for sheet in sheets
        for row in sheet.rows
        for cell in row
        if cell
    }
    wanted.setdefault(style_of(_PLAIN), _PLAIN)
    return {
        # A style given to a cell twice would change the first one, too.
        wanted_style: _registered(sheet, place, model=wanted[wanted_style])
        for place, wanted_style in enumerate(sorted(wanted), 1)
    }


_PLAIN: Final = Cell("")


def _registered(sheet: Worksheet, place: int, *, model: Cell) -> int:
    cell = sheet.cell(row=1 + place, column=1)
    cell.number_format = _number_format(model)
    is_text = cell.number_format == _TEXT
    # Beside the names of fields, numbers stand where texts do; times always.
    to_left = is_text or model.kind == Kind.MOMENT or not model.right
    cell.alignment = Alignment(
        horizontal="left" if to_left else None,
        vertical="top",
        wrap_text=is_text and model.kind != HEAD,
        indent=1 if to_left else 0,  # else it would touch a number before it
    )
    if model.kind == HEAD:
        cell.font = Font(name="Calibri", size=11, bold=True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", start_color=_INK)
    else:
        cell.font = Font(name="Calibri", size=11, bold=model.kind == NAME)
    return int(cell.style_id)


def _number_format(cell: Cell) -> str:
    if cell.kind in {Kind.MONEY, Kind.DECIMAL}:
        digits = "0" * min(cell.scale, 2) + "#" * (cell.scale - 2)
        return f"#,##0.{digits}{_unit(cell.currency)}"
    return _FORMATS.get(cell.kind, _TEXT)


def _unit(currency: str) -> str:
    """Only letters: the format is a language of its own."""
    known = currency.isascii() and currency.isalpha() and len(currency) <= 8
    return f' "{currency}"' if known else ""


def _title(title: str) -> str:
    return excel_text.without_impossible(re.sub("[\x7f-\x9f]", " ", title))[:255]


def _dimension(sheet: Sheet) -> bytes:
    """In place of one that reaches to the last cell that openpyxl has seen."""
    letters = get_column_letter(len(sheet.rows[0]))
    return f'<dimension ref="A1:{letters}{sheet.length}"/>'.encode()
