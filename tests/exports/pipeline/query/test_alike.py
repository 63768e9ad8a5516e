"""Statements made by a grammar give the same rows on both engines, to the byte.

The digests are of neither engine's own making: each run, on either, is held against
them.
"""

import hashlib
from collections.abc import Iterator

import pytest

from exports.errors import QueryRefused
from tests.exports.pipeline.engine import engine
from tests.exports.pipeline.query.asking import query_role, rows
from tests.exports.pipeline.query.facts import fill
from tests.exports.pipeline.query.tame import tame

pytestmark = [engine, pytest.mark.usefixtures("query_role")]
__all__ = ["query_role"]
DIGESTS = {
    100: "7e1168bd98fcd54d0137865e30871559b5e44349b98585577ad7ab9c4d2dea7a",
    1500: "ab977820c164de872f4c63ac13f6ece91747f9101a497031acb1e6201b38c5ea",
}


def outcomes(count: int) -> Iterator[str]:
    ours, _ = fill()
    for statement in tame(5, count):
        try:
            yield repr(rows(statement, ours))
        except QueryRefused as refused:
            yield refused.reason


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("count", [100, pytest.param(1500, marks=pytest.mark.slow)])
def test_statements_give_the_same_rows_on_both_engines(count):
    found = list(outcomes(count))

    ran = sum(each.startswith("[") for each in found)
    assert ran > count * 0.8
    assert hashlib.sha256("\n".join(found).encode()).hexdigest() == DIGESTS[count]
