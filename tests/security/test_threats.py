"""Each threat that the document tells of has a wall, and a test that is there."""

import re

import pytest

from tests.documents import ROOT, read, rows, section

THREATS = rows(section(read("security.md"), "## Threats"))


def test_threats_are_told_whole():
    assert len(THREATS) > 15
    assert [row for row in THREATS if len(row) != 5 or not all(row)] == []


@pytest.mark.parametrize("row", THREATS, ids=lambda row: row[4].strip("`"))
def test_threat_has_a_test(row):
    path, _, name = row[4].strip("`").partition("::")
    text = (ROOT / path).read_text()

    assert re.search(rf"^def {name or 'test_'}", text, re.MULTILINE)
    assert name == "" or f"def {name}(" in text
