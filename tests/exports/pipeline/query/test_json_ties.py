"""Rows that differ in JSON alone come as their keys do, on both engines."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from tests import make
from tests.exports.pipeline.engine import engine
from tests.exports.pipeline.query.asking import query_role, rows

pytestmark = [engine, pytest.mark.usefixtures("query_role")]
__all__ = ["query_role"]
# Neither in the order in which they are made, nor in that of the JSON's text.
NUMBERS = (40, 10, 50, 30, 20)
BY_KEY = [10, 20, 30, 40, 50]
QUERIES = {
    "SELECT checks FROM verifications": BY_KEY,
    "SELECT risk_level, checks FROM verifications": BY_KEY,
    "SELECT id, checks FROM verifications": BY_KEY,
    "SELECT checks FROM verifications LIMIT 2": [10, 20],
    "SELECT checks FROM verifications LIMIT 2 OFFSET 3": [40, 50],
    "SELECT status, checks FROM verifications ORDER BY status DESC": [
        *(20, 10, 30, 40, 50)
    ],
    "SELECT checks FROM verifications ORDER BY created_at DESC": [20, 30, 50, 10, 40],
    """
    SELECT v.checks FROM business_data b LEFT JOIN verifications v
    ON v.company_id = b.company_id AND v.risk_level = 'low' ORDER BY v.status
    """: [50, 40, 30, 10, 20],
    "SELECT x.checks FROM (SELECT id, checks FROM verifications) x": BY_KEY,
    """
    SELECT v.risk_level, (SELECT w.checks FROM verifications w LIMIT 1) AS c
    FROM verifications v
    """: [10] * 5,
    """
    SELECT v.checks FROM verifications v
    WHERE EXISTS (SELECT w.checks FROM verifications w)
    """: BY_KEY,
}


@pytest.fixture
def ours():
    business = make.business("ours")
    other = make.business("theirs")
    for place, number in enumerate(NUMBERS):
        for each in (business, other):
            key = number * 2 + (each is other)
            make.verification(
                make.company(each, id=UUID(int=1000 - key)),
                id=UUID(int=key),
                checks={"seen": number, "place": -place} if each is business else {},
                status="failed" if number == 20 else "completed",
                created_at=make.NOW + timedelta(days=place),
                updated_at=make.NOW,
            )
    return business


def seen(query: str, of) -> list[int]:
    """Whose JSON stands in the last column, row by row."""
    return [json.loads(row[-1] or "{}")["seen"] for row in rows(query, of)]


def test_rows_that_differ_in_json_alone_come_by_their_keys(ours):
    found = {query: seen(query, ours) for query in QUERIES}

    assert found == QUERIES
