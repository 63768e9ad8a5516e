"""Every operator on every type, against the same question asked of Python."""

import pytest

from exports.pipeline.filters import MAX_LIST
from tests import make
from tests.exports.pipeline.comparing import COMPARE
from tests.exports.pipeline.engine import (
    cells_of,
    engine,
    names_of,
)

TEXTS = ["", "a", "A", "B", "b", "ab", "Straße", "STRASSE", "é", "e\u0301", "É", "Zoë"]
TEXTS += [
    "%",
    "_",
    "a%b",
    "a_b",
    "\\",
    "😀",
    "😀é",
    "日本",
    "'",
    '"',
    "\uffff",
    "-1",
    " ",
]
PROBES = [*TEXTS, "s", "ß", "c", "\U0010ffff", "x' OR 1=1 --", "*", "[a]", "?"]


@pytest.fixture
def texts():
    """Accounts of ours named so; companies of ours in such industries, and none."""
    ours, theirs = make.business("ours"), make.business("theirs")
    for of in (ours, theirs):
        for number, text in enumerate(TEXTS):
            make.user_account(of, name=text, email=f"{of.id}{number}@example.com")
            make.company(of, name=f"{of.id}{number}", industry=text)
        make.company(of, name=f"{of.id}none", industry=None)
    return ours


def holding(name: str, value, text: str) -> bool:
    return {
        "contains": value in text,
        "startswith": text.startswith(value),
        **{key: compare(text, value) for key, compare in COMPARE.items()},
    }[name]


@engine
@pytest.mark.parametrize("name", [*COMPARE, "contains", "startswith"])
def test_text_is_compared_by_code_point_and_case(texts, name):
    wrong = {}
    for probe in PROBES:
        filters = {f"name_{name}" if name else "name": probe}

        found = cells_of(texts, "user_data", "name", filters=filters)

        expected = [text for text in TEXTS if holding(name, probe, text)]
        if sorted(found) != sorted(expected):
            wrong[probe] = (found, expected)
    assert wrong == {}


@engine
def test_not_includes_rows_without_a_value(texts):
    found = names_of(texts, {"industry_not": "a"})

    assert found == {f"ours{number}" for number in range(len(TEXTS)) if number != 1} | {
        "oursnone"
    }


@engine
@pytest.mark.parametrize("name", ["", "in", "min", "max", "contains", "startswith"])
def test_rows_without_a_value_are_found_by_no_other_comparison(texts, name):
    value = ["", "a"] if name == "in" else ""

    found = names_of(texts, {f"industry_{name}" if name else "industry": value})

    assert "oursnone" not in found
    assert found


@engine
def test_isnull_tells_null_from_empty(texts):
    assert names_of(texts, {"industry_isnull": True}) == {"oursnone"}
    assert len(names_of(texts, {"industry_isnull": False})) == len(TEXTS)


@engine
def test_list_is_any_of_it(texts):
    filters = {"name": ["a", "😀", "zzz", "STRASSE"]}

    found = cells_of(texts, "user_data", "name", filters=filters)
    same = cells_of(texts, "user_data", "name", filters={"name_in": filters["name"]})

    assert sorted(found) == sorted(same) == ["STRASSE", "a", "😀"]


@engine
def test_list_may_have_a_thousand_values(texts):
    many = [f"no {number}" for number in range(MAX_LIST - 1)]

    found = cells_of(texts, "user_data", "name", filters={"name_in": ["é", *many]})

    assert found == ["é"]


@engine
def test_all_filters_hold(texts):
    filters = {"name_contains": "a", "name_not": "a", "name_max": "b"}

    found = cells_of(texts, "user_data", "name", filters=filters)

    assert sorted(found) == ["Straße", "a%b", "a_b", "ab"]
