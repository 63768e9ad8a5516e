"""The workbook's own chart of the spend by month."""

from typing import Final

from django.utils.translation import gettext
from openpyxl.chart import BarChart, Reference, Series
from openpyxl.worksheet.worksheet import Worksheet

from exports.pipeline.renderers.excel_text import without_impossible

_ANCHOR: Final = "L2"
_WIDTH_CM: Final = 20
_HEIGHT_CM: Final = 9
_FILL: Final = "1F4073"


def add_chart(sheet: Worksheet, *, months: int, currency: str) -> None:
    """Of the first three columns: month, orders, spent."""
    rows = {"min_row": 2, "max_row": months + 1}
    chart = BarChart()
    chart.type, chart.gapWidth, chart.legend = "col", 40, None
    chart.title = gettext("Spend by month")
    chart.width, chart.height = _WIDTH_CM, _HEIGHT_CM
    series = Series(Reference(sheet, min_col=3, **rows), title=gettext("Spent"))
    series.graphicalProperties.solidFill = _FILL
    chart.append(series)
    chart.set_categories(Reference(sheet, min_col=1, **rows))
    chart.x_axis.number_format = "mmm yyyy"
    chart.y_axis.number_format = "#,##0"
    chart.y_axis.title = without_impossible(currency)
    # An axis that says nothing of it is left out by Excel.
    chart.x_axis.delete = chart.y_axis.delete = False
    sheet.add_chart(chart, _ANCHOR)
