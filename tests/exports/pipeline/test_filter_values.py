"""Filters of numbers, days, moments and identifiers, and what is no filter."""

import uuid
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from customers.models import UserAccount, Verification
from exports.pipeline.datasets import DATASETS
from exports.pipeline.filters import operators, parse
from exports.pipeline.problems import Problems
from tests import make
from tests.exports.pipeline.comparing import COMPARE
from tests.exports.pipeline.engine import (
    cells_of,
    engine,
    export,
    problems_of,
    rows_of,
)

SCORES = ["0.0000", "0.1000", "0.3000", "0.7999", "0.8000", "0.8001", "1.0000", None]
FEES = ["0.00", "0.01", "0.29", "19.99", "25.00", "999999999999.99", "-5.00"]


def compared(name, values, probe):
    """The values that a comparison leaves; a null is not the probe either."""
    return [
        value
        for value in values
        if (value is None and name == "not")
        or (value is not None and COMPARE[name](Decimal(value), Decimal(str(probe))))
    ]


@engine
@pytest.mark.parametrize("name", COMPARE)
def test_decimal_is_compared_exactly(name):
    ours = make.business("ours")
    for score in SCORES:
        make.verification(ours, score=score and Decimal(score))

    for probe in ("0.8", 0.3, 1, 0, "0.8001", 9.9999):
        filters = {f"score_{name}" if name else "score": probe}
        found = cells_of(ours, "verifications", "score", filters=filters)

        assert Counter(found) == Counter(compared(name, SCORES, probe))


@engine
def test_money_is_equal_to_itself_alone():
    ours = make.business("ours")
    for fee in FEES:
        make.verification(ours, fee=Decimal(fee))

    for fee in FEES:
        for filters in ({"fee": fee}, {"fee_in": [fee]}):
            assert cells_of(ours, "verifications", "fee", filters=filters) == [fee]


@engine
@pytest.mark.parametrize("name", COMPARE)
def test_integer_is_compared_even_beyond_its_column(name):
    ours, theirs = make.business("ours"), make.business("theirs")
    scores = [0, 49, 50, 51, 100, None]
    for of in (ours, theirs):
        for score in scores:
            make.company(of, risk_score=score)

    for probe in (0, 50, 100, -1, 40_000, 2**40, -(2**40), 2**63 - 1):
        filters = {f"risk_score_{name}" if name else "risk_score": probe}
        found = cells_of(ours, "business_data", "risk_score", filters=filters)

        assert Counter(found) == Counter(compared(name, scores, probe))


@engine
@pytest.mark.parametrize("value", [[2**40], [-1, 2**62], [2**40, 50]])
def test_integer_list_may_hold_what_its_column_cannot(value):
    ours = make.business("ours")
    make.company(ours, risk_score=50)

    found = cells_of(
        ours, "business_data", "risk_score", filters={"risk_score_in": value}
    )

    assert found == [number for number in value if number == 50]


@engine
@pytest.mark.parametrize("format_name", ["csv", "json", "excel", "xml", "parquet"])
def test_filter_that_no_row_can_meet_gives_a_whole_empty_file(format_name):
    ours = make.business("ours")
    make.company(ours, risk_score=50)

    exported = export(ours, "business_data", format_name, filters={"risk_score": 2**40})

    assert (exported.run.written, exported.run.completeness) == (0, "complete")
    assert exported.content


@engine
@pytest.mark.parametrize("name", COMPARE)
def test_date_is_compared_by_day(name):
    ours = make.business("ours")
    days = [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), None]
    for day in days:
        make.company(ours, incorporated_on=day)
    compare = COMPARE[name]

    found = cells_of(
        ours,
        "business_data",
        "incorporated_on",
        filters={
            f"incorporated_on_{name}" if name else "incorporated_on": "2024-02-29"
        },
    )

    expected = [
        day and day.isoformat()
        for day in days
        if (day is None and name == "not") or (day and compare(day, days[1]))
    ]
    assert sorted(found, key=str) == sorted(expected, key=str)


@engine
@pytest.mark.parametrize("name", COMPARE)
def test_moment_is_compared_to_the_microsecond(name):
    ours = make.business("ours")
    second = datetime(2024, 3, 1, 12, tzinfo=UTC)
    moments = [second.replace(microsecond=each) for each in (0, 1, 499_999, 500_000)]
    moments += [second.replace(second=1), None]
    for moment in moments:
        make.company(ours, last_verified_at=moment)
    compare = COMPARE[name]

    found = cells_of(
        ours,
        "business_data",
        "last_verified_at",
        filters={
            f"last_verified_at_{name}"
            if name
            else "last_verified_at": "2024-03-01T13:00:00.5+01:00"
        },
    )

    expected = [
        moment and moment.isoformat(timespec="microseconds")
        for moment in moments
        if (moment is None and name == "not")
        or (moment and compare(moment, moments[3]))
    ]
    assert sorted(found, key=str) == sorted(expected, key=str)


@engine
def test_uuid_and_choice_are_found_by_equality():
    ours, theirs = make.business("ours"), make.business("theirs")
    of = {}
    for owner in (ours, theirs):
        for status in Verification.Status.values:
            of[owner.id, status] = str(make.verification(owner, status=status).pk)

    def found(**filters):
        return {row["id"] for row in rows_of(ours, filters=filters)}

    mine = {each for (owner, _), each in of.items() if owner == "ours"}
    failed = of["ours", "failed"]
    assert found(id=failed.upper()) == {failed}
    assert found(id=[failed, of["theirs", "failed"]]) == {failed}
    assert found(id_not=failed) == mine - {failed}
    assert found(id_isnull=False) == mine
    assert found(id=str(uuid.UUID(int=0))) == set()
    assert found(status="failed") == {failed}
    assert found(status_not="failed") == mine - {failed}
    assert found(status_in=["failed", "pending"]) == {failed, of["ours", "pending"]}


@engine
def test_filter_may_name_a_column_of_the_joined_company():
    ours, theirs = make.business("ours"), make.business("theirs")
    for of in (ours, theirs):
        for name in ("Ärzte", "Zebra"):
            make.verification(make.company(of, name=name, lei=None))

    found = rows_of(ours, filters={"business_name_min": "a", "lei_isnull": True})

    assert [row["business_name"] for row in found] == ["Ärzte"]


@engine
def test_filter_on_sums_of_analytics():
    ours, theirs = make.business("ours"), make.business("theirs")
    for of in (ours, theirs):
        for day, fees in {
            1: ["0.29", "0.01"],
            2: ["10.00"],
            3: ["0.30", "0.00"],
        }.items():
            for fee in fees:
                at = datetime(2024, 1, day, 12, tzinfo=UTC)
                make.verification(of, created_at=at, fee=Decimal(fee))

    def days(**filters):
        return cells_of(ours, "analytics", "date", filters=filters)

    assert days(total_revenue="0.30") == ["2024-01-01", "2024-01-03"]
    assert days(total_revenue_gt=0.3) == ["2024-01-02"]
    assert days(verifications_min=2, date_max="2024-01-02") == ["2024-01-01"]
    assert days(date_in=["2024-01-03", "2023-01-01"]) == ["2024-01-03"]
    assert days(date_not="2024-01-03") == ["2024-01-01", "2024-01-02"]
    assert days(high_risk_isnull=True) == []


def test_operators_are_those_of_the_type():
    verifications = DATASETS["verifications"].by_name
    ranged = ("", "in", "not", "min", "max", "gt", "lt", "isnull")

    assert operators(verifications["checks"]) == ()
    assert operators(verifications["id"]) == ("", "in", "not", "isnull")
    assert operators(verifications["status"]) == ("", "in", "not", "isnull")
    assert operators(verifications["score"]) == ranged
    assert operators(verifications["created_at"]) == ranged
    assert operators(verifications["notes"]) == (*ranged, "contains", "startswith")


NUMBER = "must be a number with at most 1 digits before the point and 4 after it"


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"scor_min": 1}, "is no filter here: unknown column 'scor_min':"),
        ({"statu": "x"}, "did you mean 'status'?"),
        ({"": "x"}, "is no filter here: unknown column ''"),
        ({"score_like": 1}, "is no filter of that column; known: score, score_in,"),
        ({"score_contains": "1"}, "is no filter of that column"),
        ({"id_min": "x"}, "is no filter of that column; known: id, id_in, id_not,"),
        ({"checks": "x"}, "is not a column that can be filtered"),
        ({"checks_contains": "x"}, "is not a column that can be filtered"),
        ({"score": None}, "is null: ask with '_isnull' instead"),
        ({"score": "high"}, NUMBER),
        ({"score": ["high"]}, NUMBER),
        ({"score": []}, "must be a list of 1 to 1000 values"),
        ({"score_in": 1}, "must be a list of 1 to 1000 values"),
        ({"score_in": [0.5] * 1001}, "must be a list of 1 to 1000 values"),
        ({"score_in": [None]}, "is null: ask with '_isnull' instead"),
        ({"score_not": [0.5]}, NUMBER),
        ({"score_isnull": 1}, "must be true or false"),
        ({"score_isnull": "true"}, "must be true or false"),
        ({"status": "done"}, "must be one of pending, in_review, completed, failed"),
        ({"x" * 100: 1}, "is no filter here"),
    ],
)
def test_filter_that_is_none_is_refused(filters, message):
    [name] = filters

    found = problems_of(filters=filters)

    assert list(found) == [f"filters.{name[:80]}"]
    assert message in found[f"filters.{name[:80]}"]


def test_column_whose_name_ends_like_an_operator_is_itself():
    problems = Problems()

    found = parse(
        {"logins_30d": 1, "logins_30d_min": 2}, DATASETS["user_data"], problems
    )

    assert problems.details == []
    assert [(each.column.name, each.operator) for each in found] == [
        ("logins_30d", ""),
        ("logins_30d", "min"),
    ]


@engine
@pytest.mark.parametrize("role", UserAccount.Role.values)
def test_filters_do_not_reach_another_business(role):
    ours, theirs = make.business("ours"), make.business("theirs")
    make.user_account(theirs, role=role)

    assert rows_of(ours, "user_data", filters={"role": role}) == []
    assert rows_of(ours, "business_data", filters={"business_id": "theirs"}) == []
