"""No cell of another business, by whatever dataset, filter and format it is asked."""

from itertools import islice

import pytest
from django.apps import apps

from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets import DATASETS
from exports.pipeline.filters import operators
from exports.pipeline.renderers import RENDERERS
from tests import make
from tests.exports.pipeline.engine import engine, export
from tests.exports.pipeline.reading import decoded
from tests.exports.pipeline.tables import CANARY, fill, fill_with_canaries

NO_TEXT = {"analytics"}
# What each type's filters are asked for, so that the other business's rows would do.
WIDE = {
    ColumnType.INTEGER: {"min": 0, "max": 10**6, "gt": -1, "lt": 10**6},
    ColumnType.DECIMAL: {"min": 0, "max": 9, "gt": 0, "lt": 9},
    ColumnType.DATE: {"min": "1900-01-01", "max": "2100-01-01"},
    ColumnType.DATETIME: {"min": "1900-01-01T00:00:00Z"},
}
ONE = {
    ColumnType.INTEGER: 50,
    ColumnType.DECIMAL: "0.5",
    ColumnType.DATE: "2024-03-29",
    ColumnType.DATETIME: "2024-03-29T22:30:00Z",
    ColumnType.UUID: "00000000-0000-4000-8000-000000000000",
    ColumnType.TEXT: f"{CANARY} 1",
}


def value_for(column, word):
    if word == "isnull":
        return False
    one = column.choices[0] if column.choices else ONE[column.type]
    if word in {"contains", "startswith", "min", "gt"}:
        one = CANARY[:6] if column.type is ColumnType.TEXT else one
    one = WIDE.get(column.type, {}).get(word, one)
    return [one] if word == "in" else one


def filters_of(name):
    for column in DATASETS[name].columns:
        for word in operators(column):
            key = f"{column.name}_{word}" if word else column.name
            yield {key: value_for(column, word)}


@pytest.fixture
def businesses():
    theirs = fill_with_canaries(make.business("theirs", name="Other"))
    return fill(make.business("ours"), 6), theirs


@engine
@pytest.mark.parametrize("format_name", list(RENDERERS))
@pytest.mark.parametrize("name", list(DATASETS))
def test_rows_of_another_business_are_in_no_file(businesses, name, format_name):
    ours, theirs = businesses
    # The rows come to every format alike: the filters are shared out among them.
    # But to PDF, whose pages take a while.
    others = [each for each in RENDERERS if each != "pdf"]
    shares = {
        each: islice(filters_of(name), place, None, len(others))
        for place, each in enumerate(others)
    }
    asked = [{}, *shares.get(format_name, ())]

    found = [
        decoded(format_name, export(ours, name, format_name, filters=each).content)
        for each in asked
    ]
    shown = decoded(format_name, export(theirs, name, format_name).content)

    assert [text for text in found if CANARY in text] == []
    assert (CANARY in shown) != (name in NO_TEXT)


@pytest.mark.slow
@pytest.mark.timeout(900)
@engine
@pytest.mark.parametrize("format_name", [each for each in RENDERERS if each != "pdf"])
@pytest.mark.parametrize("name", list(DATASETS))
def test_rows_of_another_business_are_found_by_no_filter_in_any_format(
    businesses, name, format_name
):
    ours, _ = businesses

    found = [
        decoded(format_name, export(ours, name, format_name, filters=each).content)
        for each in filters_of(name)
    ]

    assert [text for text in found if CANARY in text] == []


@engine
@pytest.mark.parametrize("name", list(DATASETS))
def test_every_filter_finds_as_many_rows_beside_another_business(businesses, name):
    ours, theirs = businesses

    found = [export(ours, name, filters=each).run.found for each in filters_of(name)]
    their_own = {
        export(theirs, name, filters=each).run.found for each in filters_of(name)
    }
    for table in ("verification", "report", "auditlog", "useraccount", "company"):
        delete_all(table, theirs)

    assert found == [
        export(ours, name, filters=each).run.found for each in filters_of(name)
    ]
    assert their_own != {0}


def delete_all(table, business):
    apps.get_model("customers", table).objects.filter(business=business).delete()
