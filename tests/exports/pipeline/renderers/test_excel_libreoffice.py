import csv
import io
import os
import shutil
import subprocess

import openpyxl
import pytest

from exports.pipeline.renderers.excel import Excel
from tests.exports.pipeline.renderers.tables import FORMULAS, column, naughty, written

pytestmark = pytest.mark.slow

# Commas, UTF-8, cells as shown (so a formula's result, not the formula), every sheet.
AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,true,false,false,-1"


@pytest.fixture
def calc(tmp_path):
    """``calc(content) -> {sheet: rows}``."""
    if shutil.which("soffice") is None:
        pytest.fail("LibreOffice is missing: apt-get install libreoffice-calc")

    def converted(content: bytes) -> dict[str, list[list[str]]]:
        (tmp_path / "book.xlsx").write_bytes(content)
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = ["soffice", "--headless", profile, "--convert-to", AS_CSV]
        subprocess.run(
            [*command, "--outdir", tmp_path, tmp_path / "book.xlsx"],
            check=True,
            capture_output=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            timeout=240,
        )
        return {
            path.stem.removeprefix("book-"): rows_of(path.read_bytes())
            for path in tmp_path.glob("*.csv")
        }

    return converted


def rows_of(content: bytes) -> list[list[str]]:
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(csv.reader(text))


def test_libreoffice_finds_no_formula(calc):
    content = written(
        Excel,
        [column("=1+1", label="=1+1")],
        [[text for text in FORMULAS if text.isprintable()]],
        metadata={"@SUM(1)": "=1+1"},
    )

    read = calc(content)

    assert read == {
        "Things": [["=1+1"], *([text] for text in FORMULAS if text.isprintable())],
        "Metadata": [["@SUM(1)", "=1+1"]],
    }


def test_libreoffice_reads_naughty_strings(calc):
    # What it drops or turns to spaces on its own is not ours to test.
    texts = [text for text in naughty() if text.isprintable() and text]

    read = calc(written(Excel, [column("name")], [texts]))

    assert read == {"Things": [["name"], *([text] for text in texts)]}


def test_libreoffice_finds_a_formula_where_there_is_one(calc):
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "=1+1"
    book.save(file)

    assert calc(file.getvalue()) == {"Sheet": [["2"]]}


def test_libreoffice_shows_numbers_dates_and_charts_sheet(calc):
    columns = [
        column("day", "date"),
        column("at", "datetime"),
        column("fee", "decimal", scale=2),
        column("score", "decimal", scale=4),
        column("count", "integer"),
        column("long", "integer"),
    ]
    cells = [
        "2024-02-29",
        "2024-02-29T08:00:00.000000+02:00",
        "1234.50",
        "0.5000",
        "7",
        "9" * 20,
    ]

    content = written(Excel, columns, [[cell] for cell in cells], chart=True)

    read = calc(content)

    assert read["Things"][1] == [
        "2024-02-29",
        "2024-02-29 08:00:00",
        "1,234.50",
        "0.5000",
        "7",
        "9" * 20,
    ]
    assert sorted(read) == ["Charts", "Things"]
