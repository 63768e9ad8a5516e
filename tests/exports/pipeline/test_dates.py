from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.pipeline.dates import formatter, is_pattern

PATTERN = "%d.%m.%Y %H:%M:%S,%f/%y-%m_T%z"


@given(
    moment=st.datetimes(min_value=datetime(1000, 1, 1)),  # noqa: DTZ001 -- bounds are naive
    minutes=st.integers(-840, 840),
)
def test_formatter_writes_datetimes_as_strftime(moment, minutes):
    moment = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    written = formatter(PATTERN)(moment.isoformat(timespec="microseconds"))

    assert written == moment.strftime(PATTERN)


@given(day=st.dates(min_value=date(1000, 1, 1)))
def test_formatter_writes_dates_as_strftime(day):
    assert formatter(PATTERN)(day.isoformat()) == day.strftime(PATTERN)


def test_formatter_takes_one_directive():
    assert formatter("%Y")("0987-01-02") == "0987"


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("%Y-%m-%d", True),
        ("%d. %m. %Y", True),
        ("", False),
        ("=%Y", False),
        ("-%Y", False),
        ("%z", False),
        ("%B", False),
        ("%Y%", False),
        ("%Y\n", False),
        ("%%", False),
    ],
)
def test_is_pattern_knows_safe_numeric_directives(text, known):
    assert is_pattern(text) is known
