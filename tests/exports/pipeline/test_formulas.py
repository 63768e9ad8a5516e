import unicodedata
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from exports.pipeline.columns import ColumnType, OutColumn, Tally
from exports.pipeline.formulas import is_risky, neutralise
from exports.pipeline.transforms import Treatment, apply

# Shown nowhere, so a reader of the cell cannot see it either.
UNSEEN = ["\x00", "\ufeff", "\u200b", "\u200d", "\u2060", "\xad", " ", "\xa0", "\u3000"]
UNSEEN += ["\u2028", "\x0b", "\x1b", "\u3164", "\u115f", "\u034f", "\u202e", "\ufe0f"]
UNSEEN += ["\u180b", "\U000e0100", "\U000e0020", "\x85"]
STARTERS = ["=", "+", "-", "@", "|", "%"]
LOOKALIKES = [
    "＝",
    "﹦",
    "＋",
    "﹢",
    "⁺",
    "₊",
    "－",
    "﹣",
    "＠",
    "﹫",
    "｜",
    "％",
    "﹪",
]
HARMLESS = ["", " ", "a=1", "1", "é", "'=1", '"=1', "(=1)", "\u200b", "#REF!", "\\x"]
HARMLESS += ["日本", "DDE", "–1", "—", "/", "*", "!A1", "½", "…=", "😀=1"]
TEXT = st.text(
    st.characters(codec="utf-8") | st.sampled_from([*UNSEEN, *STARTERS, *LOOKALIKES])
)


def payloads() -> list[str]:
    path = Path(settings.DATA_DIR) / "csv_injection_payloads.txt"
    listed = path.read_text("utf-8").splitlines() if path.is_file() else []
    built_in = ["=1+1", "+1", "-2+3", "@SUM(1)", "=cmd|' /C calc'!A0", "\t=1", "\r=1"]
    return [*built_in, *listed]


@pytest.mark.parametrize("unseen", ["", *UNSEEN, "".join(UNSEEN)], ids=ascii)
@pytest.mark.parametrize("starter", [*STARTERS, *LOOKALIKES], ids=ascii)
def test_formula_is_seen_behind_what_cannot_be_seen(unseen, starter):
    assert is_risky(f"{unseen}{starter}1+1")


@pytest.mark.parametrize("text", ["\ta", "\ra", "\na", "\t", "\n"], ids=ascii)
def test_text_that_breaks_out_of_its_cell_is_risky(text):
    assert is_risky(text)


@pytest.mark.parametrize("text", HARMLESS, ids=ascii)
def test_text_that_starts_with_something_else_is_harmless(text):
    assert not is_risky(text)
    assert neutralise([text]) == ([text], 0)


def test_payload_that_starts_as_a_formula_is_neutralised():
    found = payloads()
    formulas = [text for text in found if not text.startswith("DDE")]

    changed, count = neutralise(found)

    assert count == len(formulas)
    assert changed == [f"'{text}" if text in formulas else text for text in found]


def test_neutralising_leaves_nulls_and_the_given_cells_alone():
    cells = [None, "=1", "", "a", None]

    changed, count = neutralise(cells)

    assert (changed, count) == ([None, "'=1", "", "a", None], 1)
    assert cells == [None, "=1", "", "a", None]


@given(st.lists(st.none() | TEXT))
def test_neutralised_text_is_never_risky_and_else_unchanged(cells):
    changed, count = neutralise(cells)

    pairs = list(zip(cells, changed, strict=True))
    assert not any(is_risky(new) for _, new in pairs if new is not None)
    assert all(new in (old, f"'{old}") for old, new in pairs)
    assert sum(new != old for old, new in pairs) == count
    assert neutralise(changed) == (changed, 0)


@given(TEXT)
def test_text_that_folds_to_a_formula_is_risky(text):
    """As a reader does that folds the whole text, then drops blanks and controls."""
    unseen = {"Cc", "Cf", "Zs", "Zl", "Zp"}
    folded = unicodedata.normalize("NFKC", text)
    left = [char for char in folded if unicodedata.category(char) not in unseen]

    if left and left[0] in STARTERS:
        assert is_risky(text)


@pytest.mark.parametrize("kind", sorted({*ColumnType} - {ColumnType.TEXT}))
def test_typed_cells_are_never_touched(kind):
    column = Treatment(OutColumn("c", "c", kind))
    tally = Tally()

    [block] = apply(
        [[["-1.50", "-7", None]]], [column], guard_formulas=True, tally=tally
    )

    assert block == [["-1.50", "-7", None]]
    assert tally.counts == {}


def test_text_cells_are_neutralised_only_in_formats_that_run_them():
    column = Treatment(OutColumn("c", "c", ColumnType.TEXT))
    cells = ["=1", None, "a", "@x"]
    guarded, open_ = Tally(), Tally()

    [safe] = apply([[cells]], [column], guard_formulas=True, tally=guarded)
    [raw] = apply([[cells]], [column], guard_formulas=False, tally=open_)

    assert safe == [["'=1", None, "a", "'@x"]]
    assert guarded.counts == {("c", "neutralised"): 2}
    assert (raw, open_.counts) == ([cells], {})
