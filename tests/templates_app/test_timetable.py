from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.timetable import BadCron, Timetable, check_cron
from tests.templates_app.clock_hands import MINUTE, ZONES, daily, hourly, year

START, END = year()
FIVE = "must be five fields: minute, hour, day, month, day of the week"


def table(zone="UTC", **values):
    return Timetable(zone=zone, anchor=START, **values)


def due(of, start=START, end=END):
    found = []
    for at in of.times(start - MINUTE):
        if at >= end:
            break
        found.append(at)
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("cron", "at"),
    [
        ("30 2 * * *", {(2, 30)}),
        ("0 0 * * *", {(0, 0)}),
        ("*/20 1-2 * * *", {(h, m) for h in (1, 2) for m in (0, 20, 40)}),
        ("0 */2 * * *", {(h, 0) for h in range(0, 24, 2)}),
    ],
)
def test_each_local_time_is_due_once_through_a_year(zone, cron, at):
    found = due(table(zone, cron=cron))

    assert found == sorted(daily(START, END, zone=zone, at=at))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("cron", "at"),
    [("0 * * * *", {0}), ("30 * * * *", {30}), ("*/20 * * * *", {0, 20, 40})],
)
def test_what_is_due_each_hour_is_due_each_real_hour(zone, cron, at):
    found = due(table(zone, cron=cron))

    assert found == sorted(hourly(START, END, zone=zone, at=at))


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    at=st.sets(st.integers(0, 59), min_size=1, max_size=3),
    day=st.integers(0, 363),
)
def test_any_zone_agrees_with_the_minute_hand(zone, at, day):
    start = START + timedelta(days=day)
    end = start + timedelta(days=2)

    found = due(table(zone, cron=f"{','.join(map(str, at))} * * * *"), start, end)

    assert found == sorted(hourly(start, end, zone=zone, at=at))


@pytest.mark.parametrize("zone", [*ZONES, "America/Havana"])
def test_hours_of_some_days_are_those_of_these_days(zone):
    sundays = due(table(zone, cron="30 * * * SUN"))
    every = due(table(zone, cron="30 * * * *"))

    place = ZoneInfo(zone)
    assert sundays == [at for at in every if at.astimezone(place).weekday() == 6]


def test_every_hour_is_the_same_however_it_is_written():
    spelt = ",".join(map(str, range(24)))

    assert due(table("Europe/Berlin", cron=f"30 {spelt} * * *")) == due(
        table("Europe/Berlin", cron="30 * * * *")
    )


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        # Out of the gap, which ends at 03:00, and not at all before it.
        ("Europe/Berlin", (2026, 3, 29), "2026-03-29T03:00:00+02:00"),
        # Of two, the first: it is still summer time.
        ("Europe/Berlin", (2026, 10, 25), "2026-10-25T02:30:00+02:00"),
        # Half an hour: 02:00 becomes 02:30, which is there.
        ("Australia/Lord_Howe", (2026, 10, 4), "2026-10-04T02:30:00+11:00"),
        ("America/New_York", (2026, 3, 8), "2026-03-08T03:00:00-04:00"),
    ],
)
def test_half_past_two_on_the_day_of_a_change(zone, day, expected):
    midnight = datetime(*day, tzinfo=ZoneInfo(zone)).astimezone(UTC)

    [found] = due(
        table(zone, cron="30 2 * * *"), midnight, midnight + timedelta(hours=22)
    )

    assert found.astimezone(ZoneInfo(zone)).isoformat() == expected


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    hours=st.sets(st.integers(0, 23), min_size=1, max_size=3),
    minutes=st.sets(st.integers(0, 59), min_size=1, max_size=3),
    day=st.integers(0, 363),
)
def test_any_zone_agrees_with_the_clock_on_its_wall(zone, hours, minutes, day):
    start = START + timedelta(days=day)
    end = start + timedelta(days=2)
    cron = f"{','.join(map(str, minutes))} {','.join(map(str, hours))} * * *"

    found = due(table(zone, cron=cron), start, end)

    at = {(hour, minute) for hour in hours for minute in minutes}
    # What the clock showed before the first look may have been due for the first time.
    before = daily(start - timedelta(days=1), start, zone=zone, at=at)
    every = daily(start - timedelta(days=1), end, zone=zone, at=at)
    assert found == sorted(every - before)


@given(st.datetimes(START.replace(tzinfo=None), END.replace(tzinfo=None)))
def test_nothing_is_due_twice_wherever_one_begins(moment):
    moment = moment.replace(tzinfo=UTC)
    of = table("Europe/Berlin", cron="0,30 2 * * *")

    found = of.upcoming(moment, count=3)

    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    every = daily(
        midnight - timedelta(days=2),
        midnight + timedelta(days=5),
        zone="Europe/Berlin",
        at={(2, 0), (2, 30)},
    )
    assert found == sorted(at for at in every if at > moment)[:3]


def test_days_and_weekdays_are_either_when_both_are_named():
    of = table(cron="0 9 1-7 JAN MON")

    assert [at.day for at in due(of)] == [1, 2, 3, 4, 5, 6, 7, 12, 19, 26]


def test_interval_is_counted_from_its_anchor():
    of = table(minutes=90)

    assert of.upcoming(START + timedelta(minutes=100), count=2) == [
        START + timedelta(minutes=180),
        START + timedelta(minutes=270),
    ]


def test_first_time_may_be_the_start_and_none_is_the_end():
    starts_at, ends_at = START + timedelta(hours=6), START + timedelta(hours=30)
    bounds = {"starts_at": starts_at, "ends_at": ends_at}

    of = table(cron="0 6 * * *", **bounds)

    assert due(of) == [starts_at]
    assert of.after(starts_at) is None


def test_leap_days_are_waited_for():
    assert table(cron="0 0 29 2 *").after(START) == datetime(2028, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", FIVE),
        ("* * * *", FIVE),
        ("0 * * * * *", FIVE),
        ("@daily", FIVE),
        ("60 * * * *", "is no cron expression: bad minute"),
        ("* * * * MAYBE", "is no cron expression: bad day-of-week"),
        ("0 0 30 2 *", "is no cron expression: bad day-of-month"),
        ("0 0 * * MON#9", "is no cron expression: bad day-of-week"),
        ("٣ * * * *", FIVE),
    ],
)
def test_what_is_no_cron_expression_is_refused(text, said):
    with pytest.raises(BadCron) as refused:
        check_cron(text)

    assert str(refused.value) == said


def test_spaces_are_made_single():
    assert check_cron("  0  6 * * 1-5 ") == "0 6 * * 1-5"
