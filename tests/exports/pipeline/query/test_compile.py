"""What is known of a query before it runs."""

import pytest

from customers.clearance import Clearance
from exports.errors import QueryRefused
from tests.exports.pipeline.query.asking import compiled

P, I, S = Clearance.PUBLIC, Clearance.INTERNAL, Clearance.SENSITIVE  # noqa: E741 -- the classes' initials


@pytest.mark.parametrize(
    ("query", "internal", "sensitive"),
    [
        ("SELECT 1 AS x", P, P),
        ("SELECT status FROM verifications", P, P),
        ("SELECT status, fee FROM verifications", I, I),
        ("SELECT count(reviewer) AS n FROM verifications", P, P),
        ("SELECT count(DISTINCT v.reviewer) AS n FROM verifications v", P, P),
        ("SELECT count(fee + 0) AS n FROM verifications", I, I),
        ("SELECT count(*) FILTER (WHERE fee > 1) AS n FROM verifications", I, I),
        ("SELECT status FROM verifications WHERE fee > 1", I, I),
        ("SELECT status FROM verifications ORDER BY fee", I, I),
        ("SELECT count(*) AS n FROM verifications GROUP BY fee", I, I),
        ("SELECT count(*) OVER (ORDER BY fee) AS n FROM verifications", I, I),
        ("SELECT v.status FROM verifications v JOIN analytics a ON v.fee > 1", I, I),
        ("WITH a AS (SELECT fee AS f FROM verifications) SELECT 1 AS x FROM a", I, I),
        ("SELECT (SELECT max(fee) FROM verifications) AS x", I, I),
    ],
)
def test_query_discloses_the_highest_class_that_it_reads(query, internal, sensitive):
    found = [compiled(query, clearance=each).discloses for each in (I, S)]

    assert found == [internal, sensitive]


def test_query_discloses_nothing_of_a_masked_column():
    query = "SELECT lower(notes) AS x FROM verifications"

    masked, clear = (compiled(query, clearance=each) for each in (I, S))

    assert (masked.discloses, masked.columns[0].clearance) == (P, S)
    assert clear.discloses == S


def _twice_each(steps: int) -> str:
    """Each names the one before it twice."""
    made = ["a0 AS (SELECT id FROM verifications)"]
    made += [
        f"a{step} AS (SELECT x.id FROM a{step - 1} x JOIN a{step - 1} y USING (id))"
        for step in range(1, steps + 1)
    ]
    return f"WITH {', '.join(made)} SELECT count(*) AS n FROM a{steps}"


def test_with_upon_with_is_bound():
    fits, bursts = _twice_each(6), _twice_each(8)

    assert compiled(fits).columns[0].name == "n"
    with pytest.raises(QueryRefused, match="makes too many relations of it"):
        compiled(bursts)
