"""Frequency and average at their edges."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.view360 import exact, metrics


@pytest.mark.parametrize(
    ("orders", "tenure", "expected"),
    [
        (0, 0, Fraction(0)),
        (3, 0, Fraction(3)),
        (3, 29, Fraction(3)),
        (3, 30, Fraction(3)),
        (3, 31, Fraction(90, 31)),
        (3, 60, Fraction(3, 2)),
    ],
)
def test_frequency_counts_less_than_a_month_as_one(orders, tenure, expected):
    assert metrics.frequency(orders, tenure) == expected


@pytest.mark.parametrize(
    ("spent", "orders", "expected"),
    [
        ("0.00", 0, "0.00"),
        ("-27.50", 0, "0.00"),
        ("0.01", 2, "0.00"),
        ("0.03", 2, "0.02"),
        ("0.05", 2, "0.02"),
        ("-0.03", 2, "-0.02"),
        ("100.00", 3, "33.33"),
        ("999999999999.99", 1, "999999999999.99"),
    ],
)
def test_average_is_half_even_to_cents(spent, orders, expected):
    assert str(metrics.average(Decimal(spent), orders)) == expected


@given(cents=st.integers(-(10**16), 10**16), orders=st.integers(1, 10**6))
def test_average_is_within_half_a_cent(cents, orders):
    spent = exact.money(cents)

    average = metrics.average(spent, orders)

    assert abs(Fraction(average) * orders - Fraction(spent)) <= Fraction(orders, 200)
    assert average.as_tuple().exponent == -2


@given(cents=st.integers(-(10**20), 10**20))
def test_money_is_cents_to_the_digit(cents):
    assert exact.money(cents) * 100 == cents
    assert exact.money(cents).as_tuple().exponent == -2
