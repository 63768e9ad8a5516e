"""The workbook without its rows, as openpyxl makes it: parts, styles, sheets' ends."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

import msgspec
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, localname, tostring

from exports.pipeline.columns import Cells, OutColumn
from exports.pipeline.renderers import excel_text
from exports.pipeline.renderers.base import RenderContext
from exports.pipeline.renderers.excel_cells import TEXT_FORMAT, Place, number_format
from exports.pipeline.renderers.excel_chart import add_charts

# The earliest time that a ZIP can hold: no file tells when it was made.
EPOCH: Final = datetime(1980, 1, 1, tzinfo=UTC)
_CREATOR: Final = "KYB Export"
_LONGEST_NAME: Final = 31
_NARROWEST: Final = 8
_WIDEST: Final = 60
_BOLD: Final = Font(name="Calibri", size=11, bold=True)
_HEADER_FILL: Final = PatternFill("solid", start_color="FFD9E2F3")
_CONTENT_TYPES: Final = "[Content_Types].xml"
_PROPERTIES: Final = "docProps/core.xml"
_STYLES: Final = "xl/styles.xml"
_FONT_ORDER: Final = ("b", "i", "u", "sz", "color", "name", "family", "scheme")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """:ivar sheets: part name -> what stands before and after the sheet's rows."""

    parts: Mapping[str, bytes]
    sheets: Mapping[str, tuple[bytes, bytes]]
    places: Sequence[Place]
    header_style: int


def build(
    columns: Sequence[OutColumn],
    *,
    context: RenderContext,
    sheet_rows: Sequence[int],
    sample: Sequence[Cells],
) -> Skeleton:
    """:param sheet_rows: rows of each sheet, its header counted.

    :param sample: the first rows, to estimate widths from.
    """
    workbook = without_sheets()
    sheets = [
        workbook.create_sheet(name)
        for name in sheet_names(context.title, count=len(sheet_rows))
    ]
    for sheet, rows in zip(sheets, sheet_rows, strict=True):
        _furnish(sheet, columns=columns, rows=rows, has_header=context.include_headers)
        _set_widths(sheet, columns=columns, sample=sample)
    places, header_style = _register_styles(sheets[0], columns)
    if context.chart and len(sheets) == 1:
        add_charts(workbook, columns=columns, has_header=context.include_headers)
    if context.metadata is not None:
        _add_metadata(workbook, context.metadata)
    parts = saved(workbook, title=context.title)
    names = [f"xl/worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    return Skeleton(
        sheets={name: split(parts.pop(name)) for name in names},
        parts=parts,
        places=places,
        header_style=header_style,
    )


def sheet_names(title: str, *, count: int) -> list[str]:
    """``Title``, ``Title (2)``, ...: as Excel takes them, whatever the title."""
    clean = re.sub(r"[\[\]:*?/\\]", " ", excel_text.without_impossible(title))
    # What a name may not begin or end with, and what would begin a formula.
    name = clean.lstrip("=+-@|%' ").rstrip("' ") or "Export"
    if name.casefold() == "history":  # a name that Excel keeps for itself
        name = f"{name}_"
    return [_numbered(name, number) for number in range(1, count + 1)]


def _numbered(name: str, number: int) -> str:
    ending = f" ({number})" if number > 1 else ""
    kept = excel_text.cut_units(name, _LONGEST_NAME - len(ending)).rstrip("' ")
    return kept + ending


def _furnish(
    sheet: Worksheet, *, columns: Sequence[OutColumn], rows: int, has_header: bool
) -> None:
    # The dimension that openpyxl writes reaches to the last cell that it has seen.
    sheet.cell(row=1, column=1)
    sheet.cell(row=max(rows, 1), column=len(columns))
    if has_header:
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{rows}"


def _set_widths(
    sheet: Worksheet, *, columns: Sequence[OutColumn], sample: Sequence[Cells]
) -> None:
    for index, column in enumerate(columns):
        cells = sample[index] if sample else []
        shown = max((len(cell) for cell in cells if cell is not None), default=0)
        # The header's arrow of the filter takes the room of two characters.
        wanted = max(shown, len(column.label) + 2) + 2
        width = min(max(wanted, _NARROWEST), _WIDEST)
        sheet.column_dimensions[get_column_letter(index + 1)].width = width


def _register_styles(
    sheet: Worksheet, columns: Sequence[OutColumn]
) -> tuple[list[Place], int]:
    """The cells that get the styles go with the rows that are cut out."""
    cell = sheet.cell(row=1, column=1)
    cell.number_format = TEXT_FORMAT
    text_style = cell.style_id
    cell.font, cell.fill = _BOLD, _HEADER_FILL
    header_style = cell.style_id
    places = []
    for index, column in enumerate(columns, start=1):
        cell = sheet.cell(row=2, column=index)
        cell.number_format = number_format(column)
        places.append(Place(get_column_letter(index), cell.style_id, text_style))
    return places, header_style


def _add_metadata(workbook: Workbook, metadata: Mapping[str, Any]) -> None:
    sheet = workbook.create_sheet("Metadata")
    sheet.column_dimensions["A"].width = 28
    sheet.column_dimensions["B"].width = _WIDEST
    for row, (key, value) in enumerate(metadata.items(), start=1):
        shown = value if isinstance(value, str) else _as_json(value)
        for column, text in enumerate((key, shown), start=1):
            cell = sheet.cell(row=row, column=column)
            cell.value = _metadata_text(text)
            # Set last: openpyxl takes "=1+1" for a formula, "#REF!" for an error.
            cell.data_type = "s"
            cell.number_format = TEXT_FORMAT
        sheet.cell(row=row, column=1).font = _BOLD


def _as_json(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _metadata_text(text: str) -> str:
    for _, treated in excel_text.treat(text):
        text = treated
    return excel_text.escape_controls(text)


def without_sheets() -> Workbook:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    # Else Excel asks on closing whether to save what it has "calculated".
    workbook.calculation = CalcProperties(fullCalcOnLoad=False)
    return workbook


def saved(workbook: Workbook, *, title: str) -> dict[str, bytes]:
    """Part name -> what it holds: the same bytes each time."""
    file = BytesIO()
    workbook.save(file)
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    # Saving stamps the clock, so the properties are written once more.
    properties = workbook.properties
    properties.creator, properties.title = (
        _CREATOR,
        excel_text.without_impossible(title),
    )
    properties.created = properties.modified = EPOCH
    parts[_PROPERTIES] = tostring(properties.to_tree())
    parts[_STYLES] = _with_ordered_fonts(parts[_STYLES])
    return {_CONTENT_TYPES: parts.pop(_CONTENT_TYPES), **parts}


def _with_ordered_fonts(styles: bytes) -> bytes:
    """Fonts as the schema orders their parts; openpyxl has an order of its own."""
    root = fromstring(styles)
    for font in root.iter(f"{{{SHEET_MAIN_NS}}}font"):
        font[:] = sorted(font, key=lambda part: _FONT_ORDER.index(localname(part)))
    return bytes(tostring(root))


def split(sheet: bytes) -> tuple[bytes, bytes]:
    """What stands before and after its rows."""
    start, opening, rows = sheet.partition(b"<sheetData>")
    _, closing, end = rows.partition(b"</sheetData>")
    return start + opening, closing + end
