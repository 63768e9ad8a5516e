import os
import re
import subprocess
import sys

import pypdfium2
import pytest

from tests.exports.pipeline.renderers.conftest import column
from tests.exports.pipeline.renderers.reading_pdf import (
    BOTH_WAYS,
    COLUMNS,
    ID,
    ONE,
    facts,
    read,
    rows_of,
    squeezed,
    text_of,
)


@BOTH_WAYS
def test_pdf_holds_every_cell(render, count):
    rows = rows_of(count)

    whole = "".join(read(render("pdf", COLUMNS, rows)))

    cells = [squeezed(cell) for row in rows for cell in row]
    assert [cell for cell in cells if cell not in whole] == []


@BOTH_WAYS
def test_pdf_numbers_its_pages_and_repeats_the_head(render, count):
    pages = read(render("pdf", COLUMNS, rows_of(count), title="All firms"))

    numbers = [re.findall(r"Page(\d+)of(\d+?)(?:Row|$)", page) for page in pages]
    heads = [page.count("IDCompanynameFeeCreatedat") for page in pages]
    assert len(pages) > 3
    assert numbers == [[(str(n + 1), str(len(pages)))] for n in range(len(pages))]
    assert heads == [1] * len(pages)
    assert [page.count("Allfirms") for page in pages] == [2] + [1] * (len(pages) - 1)


@BOTH_WAYS
def test_pdf_without_headers_has_no_head(render, count):
    pages = read(render("pdf", COLUMNS, rows_of(count), include_headers=False))

    assert "Companyname" not in "".join(pages)


@pytest.mark.parametrize(("count", "producer"), [(200, "WeasyPrint"), (201, "cairo")])
def test_pdf_is_drawn_row_by_row_past_200_rows(render, count, producer):
    told = facts(render("pdf", ONE, [["x"]] * count, title="A <b>title</b>"))

    assert told.pop("/Producer").startswith(producer)
    assert told == {"/Title": "A <b>title</b>"}


@pytest.mark.parametrize(
    ("width", "text", "metadata"),
    [
        pytest.param(21, "x", None, id="columns"),
        pytest.param(1, "x" * 301, None, id="long cell"),
        pytest.param(1, "x\n" * 31, None, id="many lines"),
        pytest.param(1, "x", {"key": "y" * 2001}, id="metadata"),
        pytest.param(1, "हि", None, id="script"),
    ],
)
def test_pdf_is_drawn_row_by_row_beyond_css(render, width, text, metadata):
    columns = [column(f"c{place}") for place in range(width)]

    told = facts(render("pdf", columns, [[text] * width], metadata=metadata))

    assert told["/Producer"].startswith("cairo")


def test_pdf_of_no_rows_says_so(render):
    pages = read(render("pdf", COLUMNS, []))

    assert pages == [
        "Things0rows·4columnsIDCompanynameFeeCreatedatNorowsThingsPage1of1"
    ]


@BOTH_WAYS
def test_pdf_shows_none_as_a_dash_and_empty_text_as_nothing(render, count):
    two = [column("a"), column("b")]
    rows = [[None, ""], ["", None]] + [["x", "y"]] * (count - 2)

    page = read(render("pdf", two, rows, include_headers=False))[0]

    assert page.partition("columns")[2].startswith("––xy")


@pytest.mark.parametrize("count", [200, 250])
@pytest.mark.parametrize("size", [1, 7])
def test_pdf_does_not_depend_on_blocks(render, count, size):
    rows = rows_of(count)

    assert render("pdf", COLUMNS, rows, size=size) == render("pdf", COLUMNS, rows)


SCRIPT = """
import hashlib, sys
from exports.pipeline.columns import ColumnType, OutColumn
from exports.pipeline.renderers.base import RenderContext
from exports.pipeline.renderers.pdf import Pdf
name = OutColumn("name", "Name", ColumnType.TEXT)
for count in (20, 220):
    pdf = Pdf([name], RenderContext("x", "X", {}, count, metadata={"a": 1}))
    cells = ["Zoë 直骨 شركة 😀"] * count
    print(hashlib.sha256(b"".join(pdf.render([[cells]]))).hexdigest())
"""


def test_pdf_does_not_depend_on_the_machine_s_settings():
    outer = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    settings = [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C", "LANGUAGE": "ja"},
        {"PYTHONHASHSEED": "2", "TZ": "UTC", "LC_ALL": "C.UTF-8", "LANGUAGE": "zh_TW"},
    ]

    printed = [
        subprocess.run(
            [sys.executable, "-X", "utf8", "-c", SCRIPT],
            env=outer | own | {"SOURCE_DATE_EPOCH": str(900_000_000 + place)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.split()
        for place, own in enumerate(settings)
    ]

    assert len(set(printed[0])) == 2
    assert printed[0] == printed[1]


@BOTH_WAYS
def test_pdf_closes_with_a_page_of_metadata(render, count):
    metadata = {"source": "crm <i>", "nested": {"b": [1], "a": None}, "none": None}

    last = read(render("pdf", ONE, [["x"]] * count, metadata=metadata))[-1]

    assert last.startswith(
        'MetadataKeyValuesourcecrm<i>nested{"a":null,"b":[1]}none–ThingsPage'
    )


@pytest.mark.parametrize("width", [1, 20, 30])
@BOTH_WAYS
def test_pdf_of_any_width_holds_every_cell(render, width, count):
    columns = [column(f"c{place}", label=f"Column {place}") for place in range(width)]
    rows = [[f"v{place}.{row}" for place in range(width)] for row in range(count)]

    whole = "".join(read(render("pdf", columns, rows)))

    missing = [cell for row in rows[:20] for cell in row if cell not in whole]
    assert missing == []
    assert whole.count("v0.") == count


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (2, ["3f2b0a52-1111-4000-8000-000000000001"]),
        (8, ["3f2b0a52-1111-4000-", "8000-000000000001"]),
        (14, ["3f2b0a52-1111-", "4000-8000-", "000000000001"]),
    ],
)
def test_pdf_breaks_ids_between_their_groups(render, width, lines):
    columns = [column(f"c{place}", "uuid") for place in range(width)]

    with pypdfium2.PdfDocument(render("pdf", columns, [[ID % 1] * width])) as document:
        words = set(text_of(document, 0).split())

    assert words & {*lines} == {*lines}
