from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.clearance import Clearance
from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets.base import Column
from exports.pipeline.values import MAX_TEXT, BadValue, moment, read

ID = UUID("3f2b0a52-0000-4000-8000-000000000001")


def column(kind: str, **facts) -> Column:
    return Column("c", ColumnType(kind), Clearance.PUBLIC, "A column", **facts)


SCORE = column("decimal", scale=4, digits=5)
FEE = column("decimal", scale=2)
CENTS = column("decimal", scale=2, factor=100)
CHOICE = column("text", choices=("low", "high"))


@pytest.mark.parametrize(
    ("of", "value", "expected"),
    [
        (column("text"), "Straße 😀", "Straße 😀"),
        (column("text"), "", ""),
        (column("text"), "x" * MAX_TEXT, "x" * MAX_TEXT),
        (CHOICE, "high", "high"),
        (column("uuid"), str(ID).upper(), ID),
        (column("integer"), -(2**63) + 1, -(2**63) + 1),
        (column("integer"), 0, 0),
        (SCORE, 1, Decimal(1)),
        (SCORE, 0.8, Decimal("0.8")),
        (SCORE, "0.8125", Decimal("0.8125")),
        (SCORE, -9.9999, Decimal("-9.9999")),
        (FEE, "999999999999.99", Decimal("999999999999.99")),
        (FEE, "1e3", Decimal(1000)),
        (CENTS, 12.5, 1250),
        (CENTS, "-0.01", -1),
        (column("date"), "2024-02-29", date(2024, 2, 29)),
        (
            column("datetime"),
            "2024-01-01T02:00:00.5+02:00",
            datetime(2024, 1, 1, 0, 0, 0, 500_000, UTC),
        ),
        (column("datetime"), "2024-01-01t00:00:00z", datetime(2024, 1, 1, tzinfo=UTC)),
    ],
)
def test_value_is_read_by_the_type_of_its_column(of, value, expected):
    found = read(value, of)

    assert (found, type(found)) == (expected, type(expected))


NUMBER = "must be a number with at most"


@pytest.mark.parametrize(
    ("of", "value", "wanted"),
    [
        (column("text"), 5, "must be a text of at most 1000 characters"),
        (column("text"), ["a"], "must be a text of at most 1000 characters"),
        (column("text"), "x" * (MAX_TEXT + 1), "must be a text of at most 1000"),
        (CHOICE, "Low", "must be one of low, high"),
        (CHOICE, ["low"], "must be one of low, high"),
        (column("uuid"), "3f2b", "must be a UUID"),
        (column("uuid"), 5, "must be a UUID"),
        (column("uuid"), [], "must be a UUID"),
        (column("integer"), True, "must be a whole number"),
        (column("integer"), 1.0, "must be a whole number"),
        (column("integer"), "1", "must be a whole number"),
        (column("integer"), 2**63, "must be a whole number of at most 63 bits"),
        (column("integer"), -(2**63), "must be a whole number of at most 63 bits"),
        (SCORE, True, NUMBER),
        (SCORE, [0.5], NUMBER),
        (SCORE, "x", NUMBER),
        (SCORE, "", NUMBER),
        (SCORE, "NaN", NUMBER),
        (SCORE, "sNaN", NUMBER),
        (SCORE, float("nan"), NUMBER),
        (SCORE, float("inf"), NUMBER),
        (SCORE, "-Infinity", NUMBER),
        (SCORE, 0.81255, "1 digits before the point and 4 after it"),
        (SCORE, 10, "1 digits before the point and 4 after it"),
        (SCORE, 1e300, NUMBER),
        (SCORE, "0.5" + "0" * 70 + "1", NUMBER),
        (FEE, 10**12, "12 digits before the point and 2 after it"),
        (column("date"), "2024-02-30", "must be a date such as"),
        (column("date"), "20240229", "must be a date such as"),
        (column("date"), "２０２４-01-01", "must be a date such as"),
        (column("date"), 20240229, "must be a date such as"),
        (column("date"), "2024-01-01T00:00:00Z", "must be a date such as"),
        (column("datetime"), "2024-01-01", "must be an ISO 8601 time with offset"),
        (column("datetime"), "2024-01-01T00:00:00", "must be an ISO 8601 time"),
        (column("datetime"), "2024-13-01T00:00:00Z", "must be an ISO 8601 time"),
        (column("datetime"), "0001-01-01T00:00:00+05:00", "must be an ISO 8601 time"),
        (column("datetime"), "T" * 41, "must be an ISO 8601 time with offset"),
        (column("datetime"), 1704067200, "must be an ISO 8601 time with offset"),
        (column("json"), "{}", "cannot be compared"),
        (column("text"), None, "is null: ask with '_isnull' instead"),
    ],
)
def test_value_of_another_kind_is_refused(of, value, wanted):
    with pytest.raises(BadValue, match=wanted):
        read(value, of)


@given(st.datetimes(timezones=st.timezones()))
def test_moment_is_the_same_instant_in_utc(at):
    try:
        expected = at.astimezone(UTC)
    except OverflowError:
        expected = None
    text = at.isoformat()

    if expected is None or len(text) > 40:
        with pytest.raises(BadValue):
            moment(text)
    else:
        assert (moment(text), moment(text).tzinfo) == (expected, UTC)


@given(st.decimals(-9, 9, places=4))
def test_decimal_is_the_same_from_text_and_number(number):
    assert read(str(number), SCORE) == number
    assert read(float(number), SCORE) == number
