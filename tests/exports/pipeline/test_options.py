import pytest

from exports.pipeline.options import parse_options
from exports.pipeline.problems import Problems
from exports.pipeline.renderers import RENDERERS
from tests.exports.pipeline.engine import parse, problems_of


@pytest.mark.parametrize("name", list(RENDERERS))
def test_options_are_the_declared_defaults_when_none_is_given(name):
    declared = RENDERERS[name].options
    problems = Problems()

    chosen = parse_options({}, name, RENDERERS[name], problems)

    assert chosen == {option.name: option.default for option in declared}
    assert problems.details == []


def test_option_given_wins_and_null_means_the_default():
    given = {"bom": True, "null": None, "delimiter": ";"}

    spec = parse(format="csv", options=given)

    assert spec.options == {
        "delimiter": ";",
        "bom": True,
        "decimal": ".",
        "date_format": "",
        "null": "",
        "escape_formulas": True,
    }


@pytest.mark.parametrize(
    ("format_name", "options", "field", "message"),
    [
        ("csv", {"bom": 1}, "bom", "must be true or false"),
        ("csv", {"null": 5}, "null", "must be a text"),
        ("csv", {"null": "x" * 41}, "null", "must have at most 40 characters"),
        ("csv", {"decimal": "'"}, "decimal", "must be one of '.', ','"),
        ("json", {"indent": True}, "indent", "must be a whole number"),
        ("json", {"indent": 9}, "indent", "must be from 0 to 8"),
        ("json", {"indent": -1}, "indent", "must be from 0 to 8"),
        ("ndjson", {"indent": 2}, "indent", "is no option: ndjson takes none"),
        (
            "json",
            {"ident": 2},
            "ident",
            (
                "is no option of json: unknown option 'ident': did you mean 'indent'?"
                " known: indent"
            ),
        ),
    ],
)
def test_option_that_does_not_fit_is_refused(format_name, options, field, message):
    found = problems_of(format=format_name, options=options)

    assert found == {f"options.{field}": f"options.{field} {message}"}


def test_options_that_do_not_fit_each_other_are_refused():
    found = problems_of(format="csv", options={"date_format": "%B"})

    assert list(found) == ["options.date_format"]


def test_options_are_checked_together_only_when_each_is_well_formed():
    found = problems_of(format="csv", options={"date_format": "%B", "bom": 1})

    assert list(found) == ["options.bom"]
