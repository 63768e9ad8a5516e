"""LibreOffice opens what the engine wrote, and finds no formula in it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import make
from tests.exports.pipeline.engine import engine, export
from tests.exports.pipeline.test_naughty import naughty

pytestmark = [engine, pytest.mark.slow]
FORMULA = re.compile(r'table:formula="([^"]*)"')


@pytest.fixture
def business():
    ours = make.business("ours")
    theirs = make.business("theirs")
    for text in naughty():
        if len(text) < 300:
            make.company(ours, name=text or "empty")
    make.company(theirs, name="=CANARY()")
    return ours


def formulas(content: bytes, name: str, folder: Path) -> list[str]:
    """The formulas that LibreOffice sees, in its own flat XML."""
    if shutil.which("soffice") is None:
        pytest.fail("LibreOffice is missing: apt-get install libreoffice-calc")
    (folder / name).write_bytes(content)
    # UTF-8, commas; the last but one says: evaluate formulas.
    reading = ["--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,0,true"]
    subprocess.run(
        [
            *("soffice", "--headless"),
            f"-env:UserInstallation=file://{folder}/profile",
            *(reading if name.endswith(".csv") else []),
            *("--convert-to", "fods", "--outdir", folder, folder / name),
        ],
        check=True,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        timeout=240,
    )
    text = (folder / name).with_suffix(".fods").read_text("utf-8")
    assert "CANARY" not in text
    return FORMULA.findall(text)


@pytest.mark.parametrize(
    ("format_name", "file"), [("csv", "a.csv"), ("excel", "a.xlsx")]
)
def test_libreoffice_finds_no_formula(business, tmp_path, format_name, file):
    exported = export(business, "business_data", format_name, columns=["name"])

    assert formulas(exported.content, file, tmp_path) == []


def test_libreoffice_finds_formulas_where_they_are_let_live(business, tmp_path):
    exported = export(
        business,
        "business_data",
        "csv",
        columns=["name"],
        options={"escape_formulas": False},
    )

    assert len(formulas(exported.content, "a.csv", tmp_path)) > 10
