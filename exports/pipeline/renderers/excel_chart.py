"""A sheet of line charts: each measure by date, each on an axis of its own."""

from collections.abc import Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference, Series
from openpyxl.chart.axis import DateAxis
from openpyxl.worksheet.worksheet import Worksheet

from exports.pipeline.columns import ColumnType, OutColumn
from exports.pipeline.renderers.excel_text import without_impossible

_TIMES: Final = {ColumnType.DATE, ColumnType.DATETIME}
_WIDTH_CM: Final = 16
_HEIGHT_CM: Final = 8
_ANCHORS: Final = ("A", "K")
"""Two charts side by side: columns of the default width."""
_ROWS_A_CHART: Final = 17


def add_charts(
    workbook: Workbook, *, columns: Sequence[OutColumn], has_header: bool
) -> None:
    """Of the first sheet's rows; no sheet when there is nothing to draw."""
    data = workbook.worksheets[0]
    first = 2 if has_header else 1
    days = [at for at, column in enumerate(columns, 1) if column.type in _TIMES]
    measures = [at for at, column in enumerate(columns, 1) if column.type.is_number]
    if not days or not measures or data.max_row < first:
        return
    sheet = workbook.create_sheet("Charts")
    for place, measure in enumerate(measures):
        label = without_impossible(columns[measure - 1].label)
        chart = _chart(data, label=label, day=days[0], measure=measure, first=first)
        row = 1 + place // len(_ANCHORS) * _ROWS_A_CHART
        sheet.add_chart(chart, f"{_ANCHORS[place % len(_ANCHORS)]}{row}")


def _chart(
    data: Worksheet, *, label: str, day: int, measure: int, first: int
) -> LineChart:
    rows = {"min_row": first, "max_row": data.max_row}
    chart = LineChart()
    chart.title, chart.legend = label, None
    chart.width, chart.height = _WIDTH_CM, _HEIGHT_CM
    chart.append(Series(Reference(data, min_col=measure, **rows), title=label))
    chart.series[0].smooth = False
    chart.x_axis = DateAxis(crossAx=100)
    chart.x_axis.number_format = "yyyy-mm-dd"
    chart.x_axis.majorTimeUnit = "days"
    chart.y_axis.crossAx = 500
    # An axis that says nothing of it is left out by Excel.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.set_categories(Reference(data, min_col=day, **rows))
    return chart
