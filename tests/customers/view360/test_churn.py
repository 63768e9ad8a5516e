"""The churn risk at its edges."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from customers.view360 import churn
from tests.customers.view360.signs import NEWCOMER, REGULAR, any_signs


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (None, 20),
        (0, 0),
        (30, 0),
        (31, 20),
        (60, 20),
        (61, 40),
        (90, 40),
        (91, 60),
        (9999, 60),
    ],
)
def test_absence_rises_the_day_after_30_60_and_90(days, expected):
    assert churn.absence(replace(REGULAR, days_since=days)) == expected


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        (Fraction(0), 75),
        (Fraction(499_999, 1_000_000), 75),
        (Fraction(1, 2), 50),
        (Fraction(999_999, 1_000_000), 50),
        (Fraction(1), 25),
        (Fraction(100), 25),
    ],
)
def test_decline_is_read_from_the_frequency_before_rounding(frequency, expected):
    assert churn.decline(replace(REGULAR, frequency=frequency)) == expected


@pytest.mark.parametrize(
    ("changes", "risk", "band"),
    [
        ({}, "7.50", "low"),
        ({"open_tickets": 6}, "37.50", "low"),
        ({"open_tickets": 7}, "42.50", "medium"),
        ({"days_since": 91}, "67.50", "medium"),
        ({"days_since": 91, "open_tickets": 1}, "72.50", "high"),
        ({"days_since": 91, "frequency": Fraction(1, 3)}, "82.50", "high"),
        ({"open_tickets": 19}, "100.00", "high"),
    ],
)
def test_risk_is_the_sum_and_a_hundred_at_most(changes, risk, band):
    told = churn.churn(replace(REGULAR, **changes))

    assert (told.risk, told.band) == (Decimal(risk), band)
    assert str(told.risk) == risk


def test_newcomer_has_a_medium_risk():
    told = churn.churn(NEWCOMER)

    assert (told.risk, told.band) == (Decimal("42.50"), "medium")
    assert told.strategies == (
        "Write a personal message and ask what is missing.",
        "Help with the start: a guide, and somebody to ask.",
    )


@pytest.mark.parametrize(
    ("risk", "expected"),
    [
        (Fraction(100), "high"),
        (Fraction(70), "high"),
        (Fraction(6999, 100), "medium"),
        (Fraction(40), "medium"),
        (Fraction(3999, 100), "low"),
        (Fraction(0), "low"),
    ],
)
def test_band_begins_with_its_least_risk(risk, expected):
    assert churn.band(risk) == expected


@given(seen=any_signs())
def test_risk_stays_within_its_bounds(seen):
    told = churn.churn(seen)

    assert 0 <= told.risk <= 100
    assert told.risk.as_tuple().exponent == -2
    assert told.strategies != ()


def test_strategies_of_a_regular_are_to_go_on():
    assert churn.churn(REGULAR).strategies == ("Stay in touch as before.",)


def test_strategies_where_the_risk_is_high_begin_with_the_tickets():
    leaving = replace(REGULAR, days_since=200, frequency=Fraction(1, 9), open_tickets=2)

    assert churn.churn(leaving).strategies == (
        "Give the open tickets to one person, who calls back.",
        "Call in person this week.",
        "Make a win-back offer with an end date.",
        "Remind of what was bought before, when it may run out.",
    )
