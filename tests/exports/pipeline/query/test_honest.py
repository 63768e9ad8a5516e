"""Honest queries give what Python makes of the same rows, on either engine."""

import pytest

from exports.errors import ExportError
from tests.exports.pipeline.engine import engine
from tests.exports.pipeline.query import honest, honest_groups, honest_relations
from tests.exports.pipeline.query.asking import query_role, rows
from tests.exports.pipeline.query.facts import fill, text

pytestmark = [engine, pytest.mark.usefixtures("query_role")]
__all__ = ["query_role"]


def queries():
    yield from honest.filters()
    yield from honest.expressions()
    yield from honest_groups.groups()
    yield from honest_groups.windows()
    yield from honest_relations.RELATIONS


def test_honest_queries_give_what_python_makes_of_the_rows():
    ours, tables = fill()
    asked = list(queries())
    assert len(asked) >= 200

    wrong = {}
    for query, answer in asked:
        expected = [tuple(map(text, row)) for row in answer(tables)]
        try:
            found = rows(query, ours)
        except ExportError as error:
            found = [error.message]
        if found != expected:
            wrong[query] = (found[:4], expected[:4])

    assert wrong == {}
