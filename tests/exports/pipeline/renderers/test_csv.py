import csv
import io
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.pipeline.columns import Tally
from exports.pipeline.renderers.csv import Csv
from tests.exports.pipeline.renderers.conftest import column, defaults_of

TEXT = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["", "NULL", '"', ",", ";", "\r\n", "\n", "\ufeff", " ", "\x00", "-", '""']
)
ROWS = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.none() | TEXT, min_size=width, max_size=width), max_size=12
    )
)
TWO = [column("id", "uuid"), column("name", label="Name, full")]
ROW = ["3f2b0a52-0000-4000-8000-000000000001", 'Smith "Jo", Ltd']


def read(content: bytes, **dialect) -> list[list[str]]:
    text = io.StringIO(content.decode("utf-8"), newline="")
    return list(csv.reader(text, strict=True, **dialect))


def test_csv_quotes_only_what_needs_it(render):
    content = render("csv", TWO, [ROW])

    assert content == (
        b'id,"Name, full"\r\n'
        b'3f2b0a52-0000-4000-8000-000000000001,"Smith ""Jo"", Ltd"\r\n'
    )


def test_csv_of_no_rows_is_its_header(render):
    assert render("csv", TWO, []) == b'id,"Name, full"\r\n'


def test_csv_of_no_rows_without_header_is_empty(render):
    assert render("csv", TWO, [], include_headers=False) == b""


def test_csv_tells_null_from_empty_text(render):
    content = render("csv", TWO, [[None, ""], ["", None]], include_headers=False)

    assert content == b',""\r\n"",\r\n'


def test_csv_quotes_a_text_equal_to_the_null_marker(render):
    rows = [[None, "NULL"], ["", "null"]]

    content = render("csv", TWO, rows, options={"null": "NULL"}, include_headers=False)

    assert content == b'NULL,"NULL"\r\n"",null\r\n'


def test_csv_of_one_column_loses_nulls_not_rows(render):
    tally = Tally()
    rows = [["a"], [None], [""], [" "], [None]]

    content = render("csv", [column("note")], rows, tally=tally)

    assert content == b'note\r\na\r\n""\r\n""\r\n" "\r\n""\r\n'
    assert tally.counts == {("note", "replaced"): 2}


def test_csv_of_one_column_keeps_nulls_that_have_a_marker(render):
    tally = Tally()

    content = render(
        "csv", [column("n")], [[None], [""]], options={"null": "-"}, tally=tally
    )

    assert content == b'n\r\n-\r\n""\r\n'
    assert tally.counts == {}


def test_csv_starts_with_a_mark_only_when_asked(render):
    with_mark = render("csv", TWO, [ROW], options={"bom": True})

    assert with_mark == b"\xef\xbb\xbf" + render("csv", TWO, [ROW])


def test_csv_quotes_a_label_that_looks_like_a_mark(render):
    content = render("csv", [column("a", label="\ufeffa"), column("b")], [])

    assert content.decode("utf-8-sig") == '"\ufeffa",b\r\n'


def test_csv_decimal_comma_is_for_decimals_alone(render):
    columns = [column("fee", "decimal"), column("n", "integer"), column("t")]

    content = render(
        "csv",
        columns,
        [["-12.50", "7", "1.5"], [None, None, "x"]],
        options={"decimal": ","},
        include_headers=False,
    )

    assert content == b'"-12,50",7,1.5\r\n,,x\r\n'


def test_csv_decimal_comma_stays_bare_beside_semicolons(render):
    columns = [column("fee", "decimal"), column("t")]

    content = render(
        "csv",
        columns,
        [["12.50", "a,b"]],
        options={"decimal": ",", "delimiter": ";"},
        include_headers=False,
    )

    assert content == b"12,50;a,b\r\n"


@pytest.mark.parametrize("pattern", ["%d.%m.%Y %H:%M:%S", "%y/%m/%d", "%S.%f %z", "%Y"])
def test_csv_date_format_writes_what_strftime_does(render, pattern):
    columns = [column("on", "date"), column("at", "datetime"), column("t")]
    moment = "2024-02-09T23:05:07.000120-03:30"

    content = render(
        "csv",
        columns,
        [["2024-02-09", moment, "2024-02-09"], [None, None, "x"]],
        options={"date_format": pattern},
        include_headers=False,
    )

    day = datetime.fromisoformat("2024-02-09").strftime(pattern)
    time = datetime.fromisoformat(moment).strftime(pattern)
    assert read(content) == [[day, time, "2024-02-09"], ["", "", "x"]]


@pytest.mark.parametrize(
    ("options", "faulty"),
    [
        ({}, []),
        ({"date_format": "%d.%m.%Y", "null": "-"}, []),
        ({"null": "\\N"}, []),
        ({"date_format": "=%Y"}, ["date_format"]),
        ({"date_format": "+%Y"}, ["date_format"]),
        ({"date_format": "%B"}, ["date_format"]),
        ({"date_format": "%Y\n"}, ["date_format"]),
        ({"null": '"'}, ["null"]),
        ({"null": "a\n"}, ["null"]),
        ({"null": "n,a"}, ["null"]),
        ({"null": "n,a", "delimiter": ";"}, []),
        ({"null": "=1+1"}, ["null"]),
        ({"null": "＝1"}, ["null"]),
        ({"null": "-1+1"}, ["null"]),
        ({"null": "=A", "date_format": "%d\t"}, ["date_format", "null"]),
    ],
)
def test_csv_check_options_names_the_faulty_ones(options, faulty):
    faults = Csv.check_options(defaults_of(Csv) | options)

    assert [fault.split(":")[0] for fault in faults] == faulty


def test_csv_keeps_naughty_texts(render, naughty):
    rows = [[str(number), text] for number, text in enumerate(naughty)]

    content = render("csv", [column("n", "integer"), column("t")], rows)

    assert read(content) == [["n", "t"], *rows]


@given(
    rows=ROWS,
    delimiter=st.sampled_from([",", ";", "|", "\t"]),
    null=st.sampled_from(["", "NULL", "-", " "]),
)
def test_csv_reads_back_equal_whatever_the_block(render, rows, delimiter, null):
    columns = [column(f"c{place}") for place in range(len(rows[0]) if rows else 1)]
    options = {"delimiter": delimiter, "null": null}

    contents = {
        render("csv", columns, rows, size=size, options=options)
        for size in (1, 7, 4096)
    }

    blank = "" if len(columns) == 1 and not null.strip() else null
    expected = [[blank if cell is None else cell for cell in row] for row in rows]
    assert [read(content, delimiter=delimiter)[1:] for content in contents] == [
        expected
    ]


@given(rows=ROWS)
def test_csv_quoting_alone_tells_nulls(render, rows):
    columns = [column(f"c{place}") for place in range(len(rows[0]) if rows else 1)]
    options = {"null": "NULL"}

    content = render("csv", columns, rows, options=options, include_headers=False)

    assert fields(content.decode()) == rows


def fields(text: str) -> list[list[str | None]]:
    """A reader of its own that heeds quotes: a bare NULL is None."""
    rows: list[list[str | None]] = []
    row: list[str | None] = []
    at = 0
    while at < len(text):
        if text[at] == '"':
            end = at + 1
            while text[end : end + 2] == '""' or text[end] != '"':
                end += 2 if text[end] == '"' else 1
            row.append(text[at + 1 : end].replace('""', '"'))
            at = end + 1
        else:
            end = min(i for i in (text.find(",", at), text.find("\r\n", at)) if i >= 0)
            row.append(None if text[at:end] == "NULL" else text[at:end])
            at = end
        if text[at] == ",":
            at += 1
            continue
        assert text[at : at + 2] == "\r\n"
        rows.append(row)
        row = []
        at += 2
    return rows
