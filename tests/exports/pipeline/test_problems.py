import pytest

from exports.errors import Forbidden, Invalid
from exports.pipeline.problems import Problems


def test_problems_settle_when_there_are_none():
    problems = Problems()

    problems.settle()

    assert (problems.details, problems.denied) == ([], {})


def test_problems_are_all_told_and_the_first_is_the_message():
    problems = Problems()
    problems.add("format", "is required")
    problems.add("columns[0]", "is wrong")
    problems.deny(["email"])

    with pytest.raises(Invalid) as refused:
        problems.settle()

    assert refused.value.message == "format is required"
    assert refused.value.details == [
        {"field": "format", "message": "format is required"},
        {"field": "columns[0]", "message": "columns[0] is wrong"},
    ]


def test_problems_name_each_denied_column_once():
    problems = Problems()
    problems.deny(["notes", "email"])
    problems.deny(["email"])

    with pytest.raises(Forbidden) as refused:
        problems.settle()

    assert refused.value.details == [
        {"field": "columns", "message": "'notes' may not be seen"},
        {"field": "columns", "message": "'email' may not be seen"},
    ]
    assert "notes, email;" in refused.value.message
