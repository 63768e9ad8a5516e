from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from exports.customer360.shown import (
    Text,
    ago,
    day,
    line,
    minute,
    money,
    number,
    percent,
    price,
    text,
)

LATE = datetime(2024, 12, 31, 23, 30, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        ("", "–"),
        ("a\x00b", "a␀b"),
        ("a\r\nb", "a\nb"),
        ("x" * 50, "x" * 39 + "…"),
    ],
)
def test_text_is_made_showable(value, shown):
    assert text(value, most=40) == shown


def test_line_has_no_breaks():
    assert line(" a\n\tb\u2028c ") == "a b c"


@pytest.mark.parametrize(
    ("value", "side"),
    [("abc", ""), ("é", ""), ("123 שלום abc", "rtl"), ("مرحبا", "rtl"), ("a שלום", "")],
)
def test_side_is_that_of_the_first_letter(value, side):
    assert Text(value).side == side


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        ("43.75", 1, "43.8"),
        ("43.65", 1, "43.6"),
        ("-0.5", 0, "0"),
        ("1234567.5", 2, "1,234,567.50"),
    ],
)
def test_number_is_rounded_half_even(value, places, shown):
    assert number(Decimal(value), places=places).replace("-0", "0") == shown


def test_money_names_its_currency():
    assert money(Decimal("1234.5"), "GBP") == "1,234.50 GBP"


def test_price_has_four_digits_where_it_needs_them():
    assert [price(Decimal(value)) for value in ("1.5000", "1.2345")] == [
        "1.50",
        "1.2345",
    ]


def test_percent_has_digits_where_it_needs_them():
    assert [percent(Decimal(value)) for value in ("0.1", "0.1250", "1")] == [
        *("10 %", "12.50 %", "100 %"),
    ]


def test_times_are_those_of_the_zone():
    assert [day(LATE, zone=UTC), day(LATE, zone=TOKYO), day(None, zone=UTC)] == [
        *("31 Dec 2024", "1 Jan 2025", "–"),
    ]
    assert minute(LATE, zone=TOKYO) == "1 Jan 2025, 08:30"


def test_ago_tells_days():
    assert [ago(count) for count in (-1, 0, 1, 1200)] == [
        *("Never", "Today", "1 day ago", "1,200 days ago"),
    ]


def test_numbers_and_months_follow_the_language():
    with override("de"):
        assert number(Decimal("1234.5"), places=2) == "1.234,50"
        assert day(LATE, zone=UTC) == "31 Dez 2024"
