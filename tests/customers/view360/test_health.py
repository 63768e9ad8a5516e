"""The health score, part by part, at its edges."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.view360 import health
from tests.customers.view360.signs import NEWCOMER, REGULAR, any_signs


@pytest.mark.parametrize(
    ("frequency", "days", "expected"),
    [
        (Fraction(0), 0, 50),
        (Fraction(1), 0, 70),
        (Fraction(5, 2), 0, 100),
        (Fraction(3), 0, 100),
        (Fraction(1), 1, Fraction(139, 2)),
        (Fraction(1), 99, Fraction(41, 2)),
        (Fraction(1), 100, 20),
        (Fraction(1), 5000, 20),
    ],
)
def test_purchase_is_frequency_and_nearness(frequency, days, expected):
    seen = replace(REGULAR, frequency=frequency, days_since=days)

    assert health.purchase(seen) == expected


@pytest.mark.parametrize(
    ("level", "points", "expected"),
    [
        (None, 0, 0),
        (None, 5000, 25),
        ("bronze", 0, Fraction(25, 2)),
        ("silver", 100, Fraction(51, 2)),
        ("gold", 4999, Fraction(12499, 200)),
        ("platinum", 5000, 75),
        ("platinum", 2_000_000, 75),
    ],
)
def test_engagement_is_level_and_points(level, points, expected):
    seen = replace(REGULAR, loyalty_level=level, loyalty_points=points)

    assert health.engagement(seen) == expected


@pytest.mark.parametrize(
    ("unclosed", "recent", "expected"),
    [(0, 0, 100), (1, 1, 70), (0, 19, 5), (3, 5, 0), (3, 6, 0), (100, 100, 0)],
)
def test_support_falls_with_tickets_to_nought(unclosed, recent, expected):
    seen = replace(REGULAR, open_tickets=unclosed, recent_tickets=recent)

    assert health.support(seen) == expected


@pytest.mark.parametrize(("days", "expected"), [(0, 100), (99, 1), (100, 0), (999, 0)])
def test_recency_falls_by_the_day_to_nought(days, expected):
    assert health.recency(replace(REGULAR, days_since=days)) == expected


def test_newcomer_has_no_purchase_and_half_the_recency():
    score = health.health(NEWCOMER)

    assert (score.purchase, score.recency) == (0, 50)
    assert (score.score, score.band) == (30, "poor")


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (100, "excellent"),
        (80, "excellent"),
        (79, "good"),
        (60, "good"),
        (59, "fair"),
        (40, "fair"),
        (39, "poor"),
        (0, "poor"),
    ],
)
def test_band_begins_with_its_least_score(score, expected):
    assert health.band(score) == expected


@pytest.mark.parametrize(
    ("points", "expected"),
    [(399, 65), (400, 66), (401, 66), (1199, 66), (1200, 66), (1201, 67), (2000, 68)],
)
def test_score_is_rounded_half_to_even(points, expected):
    # 0.35 x 100 + 0.20 x 50 + 0.20 x 100 + 0.25 x points / 200
    seen = replace(
        REGULAR,
        frequency=Fraction(5, 2),
        days_since=0,
        loyalty_level=None,
        loyalty_points=points,
        open_tickets=2,
    )

    assert health.health(seen).score == expected


@given(seen=any_signs())
def test_score_and_parts_stay_within_their_bounds(seen):
    score = health.health(seen)

    parts = (score.purchase, score.engagement, score.support, score.recency)
    assert all(0 <= part <= 100 for part in (score.score, *parts))
    assert all(part.as_tuple().exponent == -2 for part in parts)
    assert score.recommendations != ()


@given(seen=any_signs(), more=st.integers(1, 50))
def test_more_tickets_never_raise_the_score(seen, more):
    worse = replace(seen, open_tickets=seen.open_tickets + more)

    assert health.health(worse).score <= health.health(seen).score


def test_recommendations_name_what_is_wrong():
    troubled = replace(REGULAR, open_tickets=1, days_since=61, frequency=Fraction(1, 2))

    assert health.health(troubled).recommendations == (
        "Close the open support tickets.",
        "Get in touch: the last purchase is more than 60 days ago.",
        "Suggest regular orders: there is less than one a month.",
    )


def test_recommendation_where_nothing_is_wrong_is_to_go_on():
    assert health.health(REGULAR).recommendations == ("Keep it up, and say thank you.",)
