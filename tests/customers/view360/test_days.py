"""Days and months in a business's zone."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.view360.days import Days, months


@pytest.mark.parametrize(
    ("now", "moment", "expected"),
    [
        # Both are the same day in UTC, and one apart in Tokyo.
        ("2025-01-15T16:00:00+00:00", "2025-01-15T14:59:59+00:00", 1),
        ("2025-01-15T16:00:00+00:00", "2025-01-15T15:00:00+00:00", 0),
        ("2025-01-15T16:00:00+00:00", "2025-01-14T14:00:00+00:00", 2),
        ("2025-01-15T16:00:00+00:00", "2031-01-01T00:00:00+00:00", 0),
    ],
)
def test_days_are_counted_from_midnight_to_midnight_in_the_zone(now, moment, expected):
    days = Days.at(datetime.fromisoformat(now), zone="Asia/Tokyo")

    assert days.since(datetime.fromisoformat(moment)) == expected


def test_midnight_is_that_of_the_zone_when_the_clock_has_changed_since():
    days = Days.at(datetime(2025, 4, 2, 12, tzinfo=UTC), zone="Europe/Berlin")

    midnights = [days.midnight(ago).astimezone(UTC) for ago in (0, 4)]

    assert midnights == [
        datetime(2025, 4, 1, 22, tzinfo=UTC),
        datetime(2025, 3, 28, 23, tzinfo=UTC),
    ]


def test_months_leave_none_out():
    assert months(date(2023, 11, 1), date(2024, 2, 1)) == [
        date(2023, 11, 1),
        date(2023, 12, 1),
        date(2024, 1, 1),
        date(2024, 2, 1),
    ]


@given(first=st.dates(), last=st.dates())
def test_months_are_those_between(first, last):
    first, last = sorted((first.replace(day=1), last.replace(day=1)))

    between = months(first, last)

    assert (between[0], between[-1]) == (first, last)
    assert len(set(between)) == len(between)
    assert len(between) == (last.year - first.year) * 12 + last.month - first.month + 1
