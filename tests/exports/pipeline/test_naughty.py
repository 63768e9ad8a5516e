"""Texts that break things, through the whole line and back by others' readers."""

import json
import unicodedata
from pathlib import Path

import pytest
from django.conf import settings

from exports.pipeline.formulas import is_risky
from tests import make
from tests.exports.pipeline.engine import engine, export
from tests.exports.pipeline.reading import READERS, text_of_pdf
from tests.exports.pipeline.test_formulas import payloads

BUILT_IN = [
    *(
        "",
        " ",
        "NULL",
        "null",
        "~",
        "no",
        "1e3",
        "0123",
        "0x1F",
        "12:30:45",
        "2024-01-01",
    ),
    *("a,b", "a;b", "a\tb", 'a"b', '"', "'", "\\", "a\nb", "a\r\nb", "<a>&amp;</a>"),
    *(
        "]]>",
        "{}",
        "[]",
        "- a",
        "a: b",
        "#",
        "%",
        "Ω≈ç√",
        "日本語",
        "שלום",
        "مرحبا",
        "👩\u200d🚀",
    ),
    *(
        "\ufeff",
        "\u200b",
        "\u2028",
        "\x7f\x85",
        "\x01\x1b",
        "_x0041_",
        "true",
        "NaN",
        "é",
    ),
    *(
        "e\u0301",
        "\U0010ffff",
        "\ufffe",
        "ID",
        "=",
        "＝1",
        "\u200b=1",
        " =1",
        "a" * 40_000,
    ),
]
RUNS_FORMULAS = {"csv", "tsv"}


def listed() -> list[str]:
    path = Path(settings.DATA_DIR) / "naughty_strings.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else []


def naughty() -> list[str]:
    """Each once, and only what both databases hold."""
    texts = [*BUILT_IN, *payloads(), *listed()]
    whole = [text for text in texts if "\x00" not in text and _is_text(text)]
    return list(dict.fromkeys(whole))


def _is_text(text: str) -> bool:
    return all(unicodedata.category(char) != "Cs" for char in text)


@pytest.fixture
def ours():
    business = make.business("ours")
    theirs = make.business("theirs")
    company = make.company(business, name="One")
    for number, text in enumerate(naughty()):
        make.verification(company, notes=text, checks={"text": text}, fee=number)
    make.verification(theirs, notes="theirs", fee=0)
    return business


def carried(exported, format_name: str) -> tuple[list[str], int]:
    """The texts as read back, and how many cells the tally says were altered."""
    texts = [row[1] for row in READERS[format_name](exported.content)]
    altered = sum(
        count for (column, _), count in exported.tally.items() if column == "notes"
    )
    return texts, altered


def unlike(before: str, after: str) -> int:
    return sum(old != new for old, new in zip(before, after, strict=True))


@engine
@pytest.mark.parametrize("format_name", READERS)
@pytest.mark.parametrize("escape", [False, True])
def test_text_reads_back_equal_but_for_what_is_counted(ours, format_name, escape):
    options = (
        {} if escape or format_name not in RUNS_FORMULAS else {"escape_formulas": False}
    )

    exported = export(
        ours,
        "verifications",
        format_name,
        columns=["fee", "notes"],
        sort_by=["fee"],
        options=options,
    )

    expected = naughty()
    texts, altered = carried(exported, format_name)
    differing = [
        (before, after)
        for before, after in zip(expected, texts, strict=True)
        if before != after
    ]
    assert altered == sum(
        # XML counts characters, the others cells.
        unlike(*pair) if format_name == "xml" else 1
        for pair in differing
    )
    if format_name in RUNS_FORMULAS:
        risky = [text for text in expected if is_risky(text)] if escape else []
        assert differing == [(text, f"'{text}") for text in risky]
    elif format_name not in {"xml", "excel"}:
        assert differing == []


@engine
@pytest.mark.parametrize("format_name", ["json", "ndjson", "yaml"])
def test_nested_text_reads_back_equal(ours, format_name):
    exported = export(
        ours, "verifications", format_name, columns=["fee", "checks"], sort_by=["fee"]
    )

    rows = READERS[format_name](exported.content)

    assert [row[1] for row in rows] == [{"text": text} for text in naughty()]
    assert exported.tally == {}


@engine
@pytest.mark.parametrize("format_name", ["csv", "tsv", "excel", "parquet"])
def test_nested_text_is_compact_json_elsewhere(ours, format_name):
    exported = export(
        ours,
        "verifications",
        format_name,
        columns=["fee", "checks"],
        sort_by=["fee"],
        filters={"fee_max": 60},
    )

    rows = READERS[format_name](exported.content)

    # What a workbook cannot hold is another test's business.
    held = [
        text for text in naughty()[:61] if "\ufffe" not in text and text[:3] != "aaa"
    ]
    cells = [row[1] for row in rows]
    found = [json.loads(cell)["text"] for cell in cells if "[cut]" not in cell]
    assert [text for text in found if text in held] == held
    assert all(cell.startswith('{"text":"') for cell in cells)


@engine
def test_text_is_all_in_the_pdf():
    ours = make.business("ours")
    words = [
        "Zoë",
        "Ω≈ç",
        "日本語",
        "=1+1",
        "<b>x</b>",
        "&amp;",
        "%s",
        "{{ x }}",
        "Straße",
    ]
    for number, word in enumerate(words):
        make.verification(make.company(ours, name=word), fee=number)

    exported = export(ours, "verifications", "pdf", columns=["fee", "business_name"])

    text = text_of_pdf(exported.content)
    assert [word for word in words if "".join(word.split()) not in text] == []
