import re
from datetime import datetime

import pytest

from exports.pipeline.renderers.excel import Excel
from tests.exports.pipeline.renderers.tables import (
    column,
    written,
)
from tests.exports.pipeline.renderers.workbooks import (
    NAME,
    part,
    sheets,
    workbook_of,
)


def test_excel_header_is_styled_frozen_and_filtered():
    content = written(Excel, [NAME, column("b")], [["a" * 40, "b"], ["c", "d"]])

    sheet = workbook_of(content)["Things"]
    assert [cell.font.bold for cell in sheet[1]] == [True, True]
    assert [cell.fill.fill_type for cell in sheet[1]] == ["solid", "solid"]
    assert [cell.font.bold for cell in sheet[2]] == [False, False]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert sheet.dimensions == "A1:B3"
    assert [sheet.column_dimensions[name].width for name in "AB"] == [42, 8]


def test_excel_without_header_has_rows_only():
    content = written(Excel, [NAME], [["a", "b"]], include_headers=False)

    sheet = workbook_of(content)["Things"]
    assert [[cell.value for cell in row] for row in sheet.rows] == [["a"], ["b"]]
    assert sheet.freeze_panes is None
    assert sheet.auto_filter.ref is None


def test_excel_widths_stay_within_bounds_and_measure_the_first_rows_only():
    long_later = [*["a"] * 2048, "a" * 50]

    widths = [
        workbook_of(written(Excel, [NAME], [cells]))["Things"]
        .column_dimensions["A"]
        .width
        for cells in (["a" * 1000], long_later)
    ]

    assert widths == [60, 8]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("a/b:c[d]*?\\", "a b c d"),
        ("'quoted'", "quoted"),
        ("=1+1", "1+1"),
        ("", "Export"),
        ("History", "History_"),
        ("a\x00\uffffb", "a \ufffdb"),
        ("😀" * 20, "😀" * 15),
    ],
)
def test_excel_sheet_name_is_one_that_excel_takes(title, name):
    content = written(Excel, [NAME], [["a"]], title=title)

    assert list(sheets(content)) == [name]


def test_excel_metadata_is_a_sheet():
    metadata = {
        "title": "=Things",
        "rows": 2,
        "filters": {"b": [1], "a": "é"},
        "c": "\x08",
    }

    content = written(Excel, [NAME], [["a"]], metadata=metadata, title="Metadata")

    assert sheets(content) == {
        "Metadata": [["Name"], ["a"]],
        "Metadata1": [
            ["title", "=Things"],
            ["rows", "2"],
            ["filters", '{"a":"é","b":[1]}'],
            ["c", "\x08"],
        ],
    }


def test_excel_metadata_is_cut_and_replaced_as_cells_are():
    content = written(Excel, [NAME], [["a"]], metadata={"a": "\uffff" + "b" * 40_000})

    assert sheets(content)["Metadata"] == [["a", "\ufffd" + "b" * 32_759 + "… [cut]"]]


def test_excel_properties_name_the_title_and_no_clock():
    content = written(Excel, [NAME], [["a"]], title="Verif\x00ications")

    properties = workbook_of(content).properties
    made_at = (properties.created, properties.modified)
    assert (properties.title, properties.creator) == ("Verif ications", "KYB Export")
    assert made_at == (datetime(1980, 1, 1), datetime(1980, 1, 1))  # noqa: DTZ001 -- as read


def test_excel_charts_each_measure_by_date():
    columns = [
        column("count", "integer", label="C\x00"),
        column("date", "date"),
        column("rate", "decimal", scale=4),
    ]
    days = [f"2024-01-{day:02}" for day in range(1, 6)]

    content = written(
        Excel, columns, [list("12345"), days, ["0.5000"] * 5], chart=True, title="It's"
    )

    assert list(sheets(content)) == ["It's", "Charts"]
    assert [
        re.findall("<f>(.*?)</f>", part(content, f"xl/charts/chart{number}.xml"))
        for number in (1, 2)
    ] == [
        ["'It''s'!$B$2:$B$6", "'It''s'!$A$2:$A$6"],
        ["'It''s'!$B$2:$B$6", "'It''s'!$C$2:$C$6"],
    ]


@pytest.mark.parametrize(
    ("kinds", "chart"),
    [
        (["date", "text"], True),
        (["integer", "text"], True),
        (["date", "integer"], False),
    ],
)
def test_excel_charts_nothing_without_dates_measures_or_wish(kinds, chart):
    cells = {"date": "2024-01-01", "integer": "1", "text": "a"}

    content = written(
        Excel,
        [column(kind, kind) for kind in kinds],
        [[cells[kind]] for kind in kinds],
        chart=chart,
    )

    assert list(sheets(content)) == ["Things"]
