"""Every dataset against the same question asked of the ORM and of plain Python."""

import operator
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from customers.clearance import Clearance
from customers.models import AuditLog, Company, Report, UserAccount, Verification
from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets import DATASETS
from exports.pipeline.filters import operators
from tests import make
from tests.exports.pipeline.engine import engine, export, rows_of
from tests.exports.pipeline.tables import START, fill

MODELS = {
    "verifications": Verification,
    "reports": Report,
    "audit_logs": AuditLog,
    "user_data": UserAccount,
    "business_data": Company,
}
ALL = list(DATASETS)
COMPARE = {"min": operator.ge, "max": operator.le, "gt": operator.gt}
COMPARE |= {"lt": operator.lt}


def plain(value, column):
    """A model's value as NDJSON has it, by what the types are said to be."""
    if value is None or column.type in {ColumnType.INTEGER, ColumnType.JSON}:
        return value
    if isinstance(value, Decimal):
        return f"{value:.{column.scale}f}"
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def by_hand(name, business):
    """The rows by time and key, each column followed to its model's attribute."""
    dataset = DATASETS[name]
    found = []
    for each in MODELS[name].objects.filter(business=business):
        row = {}
        for column in dataset.columns:
            value = each
            for step in column.path.split("__"):
                value = getattr(value, step)
            row[column.name] = plain(value, column)
        found.append(
            (getattr(each, dataset.by_name[dataset.time_column].path), each.pk, row)
        )
    return [row for _, _, row in sorted(found, key=lambda item: item[:2])]


@pytest.fixture
def ours():
    fill(make.business("theirs"), 6)
    return fill(make.business("ours", time_zone="Europe/Berlin"))


@engine
@pytest.mark.parametrize("name", MODELS)
def test_dataset_has_the_rows_of_its_model(ours, name):
    found = [floats_of(row, name) for row in rows_of(ours, name)]

    expected = [floats_of(row, name) for row in by_hand(name, ours)]
    assert len(expected) == 24
    assert found == expected


def floats_of(row, name):
    kinds = DATASETS[name].by_name
    return {
        key: floats_json(value) if kinds[key].type is ColumnType.JSON else value
        for key, value in row.items()
    }


def floats_json(value):
    """``parse_float=str`` made texts of floats; what may be one is compared as one."""
    if isinstance(value, dict):
        return {key: floats_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [floats_json(item) for item in value]
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


@engine
@pytest.mark.parametrize("name", ALL)
def test_every_column_can_be_chosen_alone(ours, name):
    whole = rows_of(ours, name)

    for column in DATASETS[name].columns:
        alone = rows_of(ours, name, columns=[column.name])

        assert alone == [{column.name: row[column.name]} for row in whole]


@engine
@pytest.mark.parametrize("name", ALL)
def test_every_column_is_canonical_text_of_its_type(ours, name):
    shapes = {
        ColumnType.UUID: UUID,
        ColumnType.DATE: date.fromisoformat,
        ColumnType.DATETIME: datetime.fromisoformat,
        ColumnType.DECIMAL: Decimal,
        ColumnType.INTEGER: int,
        ColumnType.TEXT: str,
        ColumnType.JSON: lambda value: value,
    }
    rows = rows_of(ours, name)

    for column in DATASETS[name].columns:
        cells = [row[column.name] for row in rows]
        assert all(
            shapes[column.type](cell) is not None for cell in cells if cell is not None
        )
        assert column.nullable or None not in cells


def sort_value(cell, column):
    return Decimal(cell) if column.type.is_number else cell


@engine
@pytest.mark.parametrize("name", ALL)
def test_every_sortable_column_sorts_with_nulls_last_and_ties_by_key(ours, name):
    dataset = DATASETS[name]
    key = next(each.name for each in dataset.columns if each.path == dataset.key)

    for column in filter(lambda each: each.sortable, dataset.columns):
        for sign in ("", "-"):
            rows = rows_of(ours, name, sort_by=[sign + column.name])

            cells = [row[column.name] for row in rows]
            values = [sort_value(cell, column) for cell in cells if cell is not None]
            assert cells[len(values) :] == [None] * (len(cells) - len(values))
            assert values == sorted(values, reverse=sign == "-")
            assert all(
                left[key] < right[key]
                for left, right in pairwise(rows)
                if left[column.name] == right[column.name] and column.name != key
            )


def sample(rows, column):
    return next(row[column.name] for row in rows[1:] if row[column.name] is not None)


def holds(word, cell, value, column):
    if word in {"isnull", "not"}:
        return (cell is None) == value if word == "isnull" else cell != value
    if cell is None or word in {"in", ""}:
        return cell is not None and cell in (value if word else [value])
    if word in {"contains", "startswith"}:
        return value in cell if word == "contains" else cell.startswith(value)
    return COMPARE[word](sort_value(cell, column), sort_value(value, column))


@engine
@pytest.mark.parametrize("name", ALL)
def test_every_filter_finds_what_it_says(ours, name):
    whole, tried = rows_of(ours, name), 0

    for column in DATASETS[name].columns:
        for word in operators(column):
            value = True if word == "isnull" else sample(whole, column)
            value = [value] if word == "in" else value
            filters = {f"{column.name}_{word}" if word else column.name: value}

            found = rows_of(ours, name, filters=filters)

            assert found == [
                row for row in whole if holds(word, row[column.name], value, column)
            ]
            tried += 1
    assert tried > 20


@engine
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("count", [1, 30])
def test_dataset_is_read_with_as_many_queries_for_any_rows(name, count):
    ours = fill(make.business("ours"), count)
    writing = CaptureQueriesContext(connections["default"])

    with writing, CaptureQueriesContext(connections["snapshot"]) as reading:
        export(ours, name, "csv", batch_size=1)

    statements = [
        each["sql"]
        for each in reading
        if not each["sql"].startswith(("BEGIN", "COMMIT"))
    ]
    assert len(statements) == 3
    assert len(writing) == 0


@engine
@pytest.mark.parametrize("name", ALL)
def test_dataset_of_a_business_without_rows_is_empty(ours, name):
    assert rows_of(make.business("new"), name) == []


@pytest.mark.parametrize("name", ALL)
def test_dataset_declares_what_it_can_do(name):
    dataset = DATASETS[name]

    assert dataset.name == name
    assert dataset.by_name[dataset.time_column].sortable
    assert dataset.key in {column.path for column in dataset.columns}
    assert all(column.description and column.title for column in dataset.columns)
    assert len(dataset.by_name) == len(dataset.columns)
    assert all(isinstance(column.clearance, Clearance) for column in dataset.columns)


@engine
def test_time_range_of_every_dataset_is_on_its_time_column(ours):
    cut = START.replace(day=31)
    wanted = {"end": cut.isoformat()}

    for name in MODELS:
        column = DATASETS[name].time_column
        whole = rows_of(ours, name)
        found = rows_of(ours, name, time_range=wanted)

        assert found == [
            row for row in whole if datetime.fromisoformat(row[column]) < cut
        ]
        assert 0 < len(found) < len(whole)
