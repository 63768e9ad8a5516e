from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.pipeline import ranges
from exports.pipeline.problems import Problems
from exports.pipeline.ranges import RELATIVE, TimeRange, resolve
from tests import make
from tests.exports.pipeline.engine import cells_of, engine, problems_of

ZONES = [
    *(
        "UTC",
        "Europe/London",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
    ),
    *("America/Sao_Paulo", "Africa/Cairo", "Pacific/Apia", "Asia/Tehran"),
    *("America/Havana", "Asia/Kathmandu", "Pacific/Kiritimati"),
]
DAYS = st.integers(0, 8_000 * 86_400).map(
    lambda seconds: datetime(2008, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "zone", "now", "start", "end"),
    [
        ("today", "UTC", "2024-02-29T23:59:59", "2024-02-29", "2024-03-01"),
        ("today", "Asia/Tokyo", "2024-02-28T15:00", "2024-02-28T15", "2024-02-29T15"),
        ("yesterday", "UTC", "2024-01-01T00:00", "2023-12-31", "2024-01-01"),
        # Clocks go forward: a day of 23 hours; and back: one of 25.
        (
            *("today", "Europe/Berlin", "2024-03-31T12:00"),
            *("2024-03-30T23", "2024-03-31T22"),
        ),
        (
            *("yesterday", "Europe/Berlin", "2024-10-28T12:00"),
            *("2024-10-26T22", "2024-10-27T23"),
        ),
        # Midnight itself is left out: the day begins at one o'clock.
        (
            *("today", "America/Sao_Paulo", "2018-11-04T12:00"),
            *("2018-11-04T03", "2018-11-05T02"),
        ),
        ("last_7_days", "UTC", "2024-03-03T05:00", "2024-02-26", "2024-03-04"),
        (
            *("last_30_days", "America/New_York", "2024-03-20T00:00"),
            *("2024-02-19T05", "2024-03-20T04"),
        ),
        ("last_90_days", "UTC", "2025-01-01T00:00", "2024-10-04", "2025-01-02"),
        ("this_month", "UTC", "2024-02-29T12:00", "2024-02-01", "2024-03-01"),
        ("this_month", "UTC", "2024-12-31T23:00", "2024-12-01", "2025-01-01"),
        (
            *("this_month", "Pacific/Kiritimati", "2024-12-31T10:00"),
            *("2024-12-31T10", "2025-01-31T10"),
        ),
        ("last_month", "UTC", "2024-03-31T12:00", "2024-02-01", "2024-03-01"),
        ("last_month", "UTC", "2024-01-01T00:00", "2023-12-01", "2024-01-01"),
        (
            *("last_month", "Europe/London", "2024-04-30T23:30"),
            *("2024-03-31T23", "2024-04-30T23"),
        ),
        ("this_year", "UTC", "2024-12-31T23:59:59", "2024-01-01", "2025-01-01"),
        ("last_year", "UTC", "2024-02-29T00:00", "2023-01-01", "2024-01-01"),
        (
            *("last_year", "America/New_York", "2025-01-01T04:59"),
            *("2023-01-01T05", "2024-01-01T05"),
        ),
    ],
)
def test_relative_range_is_whole_days_of_the_zone(name, zone, now, start, end):
    found = resolve(name, zone=zone, now=utc(now))

    assert found == TimeRange(utc(start), utc(end))


def last_and_first(name: str, today: date) -> tuple[date, date]:
    """First and last day, counted out day by day."""
    year, month = today.year, today.month
    before = (year - 1, 12) if month == 1 else (year, month - 1)
    span = [today + timedelta(days=offset) for offset in range(-800, 400)]
    chosen = {
        "today": lambda day: day == today,
        "yesterday": lambda day: (today - day).days == 1,
        "last_7_days": lambda day: 0 <= (today - day).days < 7,
        "last_30_days": lambda day: 0 <= (today - day).days < 30,
        "last_90_days": lambda day: 0 <= (today - day).days < 90,
        "this_month": lambda day: (day.year, day.month) == (year, month),
        "last_month": lambda day: (day.year, day.month) == before,
        "this_year": lambda day: day.year == year,
        "last_year": lambda day: day.year == year - 1,
    }[name]
    days = [day for day in span if chosen(day)]
    return days[0], days[-1]


@pytest.mark.parametrize("name", RELATIVE)
@given(zone=st.sampled_from(ZONES), now=DAYS)
def test_relative_range_begins_and_ends_where_the_local_day_does(name, zone, now):
    place, tick = ZoneInfo(zone), timedelta(microseconds=1)
    first, last = last_and_first(name, now.astimezone(place).date())

    found = resolve(name, zone=zone, now=now)

    assert (found.start - tick).astimezone(place).date() < first
    assert found.start.astimezone(place).date() >= first
    assert (found.end - tick).astimezone(place).date() <= last
    assert found.end.astimezone(place).date() > last


def test_range_within_another_is_what_lies_in_both():
    one, two, three = (utc(f"2024-01-0{day}") for day in (1, 2, 3))

    assert TimeRange(one, two).within(TimeRange(two, three)) == TimeRange(two, two)
    assert TimeRange(one, three).within(TimeRange(None, two)) == TimeRange(one, two)
    assert TimeRange().within(TimeRange(one, None)) == TimeRange(one, None)
    assert TimeRange(None, two).within(TimeRange()) == TimeRange(None, two)


@given(st.none() | DAYS, st.none() | DAYS)
def test_range_is_the_same_from_its_json(start, end):
    found = TimeRange(start, end)

    assert TimeRange.from_json(found.as_json()) == found


def test_time_range_is_read_in_utc():
    given_ = {"start": "2024-01-01T00:00:00+02:00", "end": None}
    problems = Problems()

    found = ranges.parse(given_, problems)

    assert found == TimeRange(utc("2023-12-31T22:00"), None)
    assert problems.details == []


SHAPE = {"time_range": "time_range must be an object with start, end, or both"}
ISO = "must be an ISO 8601 time with offset, such as 2024-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        ({}, SHAPE),
        ({"begin": "2024-01-01T00:00:00Z"}, SHAPE),
        ({"start": "2024-01-01"}, {"time_range.start": f"time_range.start {ISO}"}),
        ({"end": 5}, {"time_range.end": f"time_range.end {ISO}"}),
        (
            {"start": "2024-01-01T00:00:00Z", "end": "2024-01-01T01:00:00+01:00"},
            {"time_range.end": "time_range.end must be after time_range.start"},
        ),
    ],
)
def test_time_range_that_is_none_is_refused(value, refused):
    assert problems_of(time_range=value) == refused


@engine
def test_time_range_takes_its_start_and_leaves_its_end():
    ours, theirs = make.business("ours"), make.business("theirs")
    start, tick = utc("2024-01-01T10:00"), timedelta(microseconds=1)
    for of in (ours, theirs):
        for offset in (-tick, 0 * tick, tick, timedelta(days=1) - tick, timedelta(1)):
            make.user_account(of, created_at=start + offset)

    found = cells_of(
        ours,
        "user_data",
        "created_at",
        time_range={"start": "2024-01-01T10:00:00Z", "end": "2024-01-02T10:00:00Z"},
    )

    assert found == [
        "2024-01-01T10:00:00.000000+00:00",
        "2024-01-01T10:00:00.000001+00:00",
        "2024-01-02T09:59:59.999999+00:00",
    ]


@engine
@pytest.mark.parametrize(
    ("time_range", "expected"),
    [
        (None, ["-29", "-15", "0"]),
        ({"start": "2025-01-01T00:00:00Z"}, ["0"]),
        ({"end": "2025-01-01T00:00:00Z"}, ["-29", "-15"]),
        ({"start": "2024-12-20T00:00:00Z", "end": "2025-01-10T00:00:00Z"}, ["-15"]),
        ({"start": "2026-01-01T00:00:00Z"}, []),
    ],
)
def test_date_range_and_time_range_both_hold(time_range, expected):
    ours, theirs = make.business("ours"), make.business("theirs")
    for of in (ours, theirs):
        for days in (-30, -29, -15, 0, 1):
            at = make.NOW + timedelta(days=days)
            make.user_account(of, created_at=at, name=str(days))

    found = cells_of(
        ours,
        "user_data",
        "name",
        filters={"date_range": "last_30_days"},
        time_range=time_range,
    )

    assert found == expected


@engine
def test_date_range_is_of_the_zone_of_the_business():
    tokyo = make.business("tokyo", time_zone="Asia/Tokyo")
    for hour in (14, 15):
        make.user_account(tokyo, created_at=utc(f"2025-01-14T{hour}:00"))

    found = cells_of(tokyo, "user_data", "created_at", filters={"date_range": "today"})

    assert found == ["2025-01-14T15:00:00.000000+00:00"]
