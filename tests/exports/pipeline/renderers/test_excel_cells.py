import re
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.pipeline.columns import Tally
from exports.pipeline.renderers.excel import Excel
from tests.exports.pipeline.renderers.tables import (
    FORMULAS,
    column,
    naughty,
    written,
)
from tests.exports.pipeline.renderers.workbooks import (
    ALL_KINDS,
    KINDS_TABLE,
    NAME,
    part,
    sheets,
    texts_read,
    workbook_of,
)

ANY_TEXT = st.text(st.characters(codec="utf-8")) | st.text(
    "_x0041\x08\r\n ", max_size=9
)


def test_excel_types_every_kind_of_cell():
    content = written(Excel, ALL_KINDS, KINDS_TABLE)

    assert sheets(content) == {
        "Things": [
            ["id", "name", "count", "score", "fee", "day", "at", "checks"],
            [
                "3f2b0a52-0000-4000-8000-000000000001",
                "0042",
                -17.0,
                0.5,
                1234567.89,
                date(2024, 2, 29),
                datetime(2024, 2, 29, 23, 59, 59, 123_000),  # noqa: DTZ001 -- a wall time
                '{"a":[1,{"b":null}]}',
            ],
        ]
    }


def test_excel_shows_numbers_and_times_by_their_kind():
    content = written(Excel, ALL_KINDS, KINDS_TABLE)

    sheet = workbook_of(content)["Things"]
    assert [cell.number_format for cell in sheet[2]] == [
        "@",
        "@",
        "0",
        "0.0000",
        "#,##0.00",
        "yyyy-mm-dd",
        "yyyy-mm-dd hh:mm:ss",
        "@",
    ]


def test_excel_writes_no_cell_for_none_and_an_empty_one_for_empty_text():
    content = written(Excel, [NAME], [["a", None, ""]])

    rows = re.findall("<row.*?</row>", part(content, "xl/worksheets/sheet1.xml"))
    assert rows[1:] == [
        '<row r="2"><c r="A2" s="3" t="inlineStr"><is><t>a</t></is></c></row>',
        '<row r="3"></row>',
        '<row r="4"><c r="A4" s="3" t="inlineStr"><is><t></t></is></c></row>',
    ]


def test_excel_keeps_naughty_strings():
    texts = naughty()
    assert len(texts) > len(FORMULAS)

    content = written(Excel, [NAME], [texts])

    assert texts_read(content) == [
        re.sub("[\ud800-\udfff\ufffe\uffff]", "\ufffd", text) for text in texts
    ]


def test_excel_has_no_formula_error_or_link():
    labels = [column(text, label=text) for text in FORMULAS]

    content = written(
        Excel, labels, [[text] for text in FORMULAS], metadata={"=1+1": "=1+1"}
    )

    workbook = workbook_of(content)
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert len(cells) == 2 * len(FORMULAS) + 2
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []


@given(st.lists(st.none() | ANY_TEXT, min_size=1, max_size=9))
def test_excel_text_reads_back(cells):
    # Something in the last row, else the reader leaves empty rows at the end out.
    table = [[*cells, "end"]]

    content = written(Excel, [NAME], table)

    expected = [re.sub("[\ufffe\uffff]", "\ufffd", cell or "") for cell in table[0]]
    assert texts_read(content) == expected


def test_excel_replaces_and_counts_what_xml_forbids():
    tally = Tally()

    content = written(Excel, [NAME], [["a\uffffb\ufffe", "\ud800", "c"]], tally=tally)

    assert texts_read(content) == ["a\ufffdb\ufffd", "\ufffd", "c"]
    assert tally.counts == {("name", "replaced"): 2}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a" * 32_767, "a" * 32_767),
        ("a" * 32_768, "a" * 32_760 + "… [cut]"),
        ("😀" * 16_383 + "a", "😀" * 16_383 + "a"),
        ("😀" * 16_384, "😀" * 16_380 + "… [cut]"),
        ("a" + "😀" * 16_384, "a" + "😀" * 16_379 + "… [cut]"),
    ],
)
def test_excel_cuts_and_counts_what_a_cell_cannot_hold(text, kept):
    tally = Tally()

    content = written(Excel, [NAME], [[text]], tally=tally)

    assert texts_read(content) == [kept]
    assert tally.counts == ({("name", "cut"): 1} if text != kept else {})


@pytest.mark.parametrize(
    ("kind", "cell", "read"),
    [
        ("integer", "123456789012345", 123456789012345.0),
        ("integer", "-123456789012345", -123456789012345.0),
        ("integer", "1234567890123456", "1234567890123456"),
        ("integer", "-12345678901234567890", "-12345678901234567890"),
        ("decimal", "1234567890123.45", 1234567890123.45),
        ("decimal", "12345678901234.56", "12345678901234.56"),
        ("decimal", "0.00000000000000000001", 1e-20),
        ("decimal", "</v>", "</v>"),
        ("integer", "\u0661", "\u0661"),
        ("date", "1900-03-01", date(1900, 3, 1)),
        ("date", "1900-02-28", "1900-02-28"),
        ("date", "0001-01-01", "0001-01-01"),
        (
            "datetime",
            "1899-12-31T00:00:00.000000+00:00",
            "1899-12-31T00:00:00.000000+00:00",
        ),
    ],
)
def test_excel_keeps_as_text_what_a_number_cannot_tell(kind, cell, read):
    tally = Tally()

    # The second cell fits: the first alone is treated.
    fits = {"integer": "1", "decimal": "1.00", "date": "2024-01-01"}
    table = [[cell, fits.get(kind, "2024-01-01T00:00:00.000000+00:00")]]
    content = written(Excel, [column("name", kind, scale=2)], table, tally=tally)

    assert texts_read(content)[0] == read
    assert not isinstance(texts_read(content)[1], str)
    assert tally.counts == ({("name", "kept_as_text"): 1} if read == cell else {})


@given(
    st.datetimes(datetime(1900, 3, 1), datetime(2079, 6, 1))  # noqa: DTZ001 -- wall times
)
def test_excel_times_are_exact_to_the_microsecond(wall):
    cell = f"{wall.isoformat(timespec='microseconds')}-03:30"

    content = written(Excel, [column("at", "datetime")], [[cell]])

    [serial] = re.findall("<v>(.*?)</v>", part(content, "xl/worksheets/sheet1.xml"))
    micros = round(Fraction(float(serial)) * 86_400_000_000)
    epoch = datetime(1899, 12, 30)  # noqa: DTZ001 -- what serials count from
    assert epoch + timedelta(microseconds=micros) == wall
