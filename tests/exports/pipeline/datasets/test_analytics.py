"""Analytics against a naive group-by, on days of 23 and 25 hours too."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest

from customers.models import Verification
from tests import make
from tests.exports.pipeline.engine import cells_of, engine, rows_of

STATUSES = ["completed", "failed", "pending", "expired"]
RISKS = ["low", "medium", "high", "critical", None]


def ratio(top, bottom):
    if not bottom:
        return None
    exact = Decimal(top) / Decimal(bottom)
    return str(exact.quantize(Decimal("0.0001"), ROUND_HALF_EVEN))


def naive(business):
    days = defaultdict(list)
    for each in Verification.objects.filter(business=business):
        days[each.created_at.astimezone(ZoneInfo(business.time_zone)).date()].append(
            each
        )
    for day, rows in sorted(days.items()):
        scores = [each.score for each in rows if each.score is not None]
        completed = sum(each.status == "completed" for each in rows)
        yield {
            "date": day.isoformat(),
            "verifications": len(rows),
            "completed": completed,
            "failed": sum(each.status == "failed" for each in rows),
            "success_rate": ratio(completed, len(rows)),
            "avg_score": ratio(sum(scores), len(scores)),
            "high_risk": sum(each.risk_level in {"high", "critical"} for each in rows),
            "total_revenue": str(sum(each.fee for each in rows)),
        }


def scatter(of, around: datetime, count: int = 60) -> None:
    """Verifications every 47 minutes about a moment, with scores and fees by chance."""
    dice, company = Random(of.id), make.company(of)
    Verification.objects.bulk_create(
        Verification(
            business=of,
            company=company,
            status=dice.choice(STATUSES),
            score=dice.choice([None, Decimal(dice.randrange(10_001)) / 10_000]),
            risk_level=dice.choice(RISKS),
            fee=Decimal(dice.randrange(10**14)) / 100,
            created_at=around + timedelta(minutes=47 * (number - count // 2)),
        )
        for number in range(count)
    )


@engine
@pytest.mark.parametrize(
    ("zone", "around"),
    [
        ("UTC", datetime(2024, 2, 29, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2024, 3, 31, 1, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2024, 10, 27, 1, tzinfo=UTC)),
        ("America/New_York", datetime(2024, 11, 3, 6, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2024, 4, 6, 15, tzinfo=UTC)),
        ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2024, 12, 31, 18, tzinfo=UTC)),
        ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ],
)
def test_analytics_is_the_naive_group_by_day_of_the_zone(zone, around):
    ours = make.business("ours", time_zone=zone)
    theirs = make.business("theirs", time_zone=zone)
    scatter(ours, around)
    scatter(theirs, around)

    expected = list(naive(ours))
    assert len(expected) >= 2
    assert rows_of(ours, "analytics") == expected


@engine
def test_rates_are_rounded_half_to_even():
    ours = make.business("ours")
    days = {
        # Mean scores 0.00005, 0.00015 and 0.00025 lie just between two.
        1: ["0.0000", "0.0001"],
        2: ["0.0001", "0.0002"],
        3: ["0.0002", "0.0003"],
        4: ["0.3333", None],
    }
    for day, scores in days.items():
        for score in scores:
            make.verification(
                ours,
                score=score and Decimal(score),
                created_at=datetime(2024, 1, day, tzinfo=UTC),
            )

    found = cells_of(ours, "analytics", "avg_score")

    assert found == ["0.0000", "0.0002", "0.0002", "0.3333"]


@engine
def test_day_without_scores_has_no_mean_and_no_revenue_is_nought():
    ours = make.business("ours")
    make.verification(ours, score=None, fee=0, status="pending", risk_level=None)

    [row] = rows_of(ours, "analytics")

    assert row == {
        "date": "2025-01-15",
        "verifications": 1,
        "completed": 0,
        "failed": 0,
        "success_rate": "0.0000",
        "avg_score": None,
        "high_risk": 0,
        "total_revenue": "0.00",
    }


@engine
def test_revenue_is_exact_where_floats_are_not():
    ours = make.business("ours")
    company = make.company(ours)
    Verification.objects.bulk_create(
        Verification(business=ours, company=company, fee=fee, created_at=make.NOW)
        for fee in [Decimal("0.10")] * 1000
        + [Decimal("999999999999.99")] * 3
        + [Decimal("-0.29")]
    )

    assert cells_of(ours, "analytics", "total_revenue") == ["3000000000099.68"]


@engine
def test_time_range_cuts_the_rows_that_are_counted_not_the_days():
    ours = make.business("ours")
    for hour in (1, 12, 23):
        make.verification(ours, created_at=datetime(2024, 1, 1, hour, tzinfo=UTC))

    rows = rows_of(
        ours,
        "analytics",
        columns=["date", "verifications"],
        time_range={"start": "2024-01-01T12:00:00Z", "end": "2024-01-01T23:00:00Z"},
    )

    assert rows == [{"date": "2024-01-01", "verifications": 1}]


@engine
def test_newest_days_come_first_when_cut():
    ours = make.business("ours")
    for day in range(1, 6):
        make.verification(ours, created_at=datetime(2024, 1, day, tzinfo=UTC))

    found = cells_of(ours, "analytics", "date", sort_by=["-date"], max_rows=2)

    assert found == ["2024-01-05", "2024-01-04"]
