"""Analytics: verifications by day in the business's own zone.

Sums are exact integers (ten-thousandths of a score, hundredths of money) made by the
database; quotients are taken here, rounded half to even, so that both databases
agree to the digit.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from customers.clearance import Clearance
from customers.models import Business, Verification
from customers.view360.exact import Units, in_cents
from exports.pipeline.columns import Cells, ColumnType
from exports.pipeline.datasets.base import Column, Dataset

RATE: Final = Decimal("0.0001")


def _quotients(inputs: Sequence[Cells]) -> Cells:
    """The first column over the second; None where the second is none or 0."""
    return [
        None
        if top is None or bottom in {None, "0"}
        else str((Decimal(top) / Decimal(str(bottom))).quantize(RATE, ROUND_HALF_EVEN))
        for top, bottom in zip(*inputs, strict=True)
    ]


def _mean_scores(inputs: Sequence[Cells]) -> Cells:
    totals, counts = inputs
    units: Cells = [
        None if count in {None, "0"} else str(int(count or 0) * 10_000)
        for count in counts
    ]
    return _quotients([totals, units])


def _money(inputs: Sequence[Cells]) -> Cells:
    return [
        None if cents is None else str(Decimal(cents).scaleb(-2)) for cents in inputs[0]
    ]


class Analytics(Dataset):
    name = "analytics"
    title = "Analytics"
    description = "Verifications by day: counts, success rate, mean score, revenue."
    time_column = "date"
    reads = (Verification,)
    time_path = "created_at"
    key = "date"
    chart = True
    columns = (
        Column(
            "date", ColumnType.DATE, Clearance.PUBLIC, "Day in the business's time zone"
        ),
        Column(
            "verifications",
            ColumnType.INTEGER,
            Clearance.PUBLIC,
            "Verifications asked for on that day",
        ),
        Column(
            "completed",
            ColumnType.INTEGER,
            Clearance.PUBLIC,
            "Of these, how many are completed",
        ),
        Column(
            "failed",
            ColumnType.INTEGER,
            Clearance.PUBLIC,
            "Of these, how many have failed",
        ),
        Column(
            "success_rate",
            ColumnType.DECIMAL,
            Clearance.PUBLIC,
            "completed / verifications, from 0 to 1",
            scale=4,
            inputs=("completed", "verifications"),
            combine=_quotients,
            filterable=False,
            sortable=False,
        ),
        Column(
            "avg_score",
            ColumnType.DECIMAL,
            Clearance.INTERNAL,
            "Mean of the scores that are known",
            scale=4,
            nullable=True,
            inputs=("score_units", "scored"),
            combine=_mean_scores,
            filterable=False,
            sortable=False,
        ),
        Column(
            "high_risk",
            ColumnType.INTEGER,
            Clearance.INTERNAL,
            "How many have risk level high or critical",
        ),
        Column(
            "total_revenue",
            ColumnType.DECIMAL,
            Clearance.INTERNAL,
            "Sum of the fees, in the business's currency",
            source="revenue_cents",
            scale=2,
            inputs=("revenue_cents",),
            combine=_money,
            factor=100,
        ),
    )

    def rows(self, business: Business) -> QuerySet[Any]:
        return Verification.objects.for_business(business.id)

    def in_range(self, rows: QuerySet[Any], business: Business) -> QuerySet[Any]:
        high = [Verification.RiskLevel.HIGH, Verification.RiskLevel.CRITICAL]
        status = Verification.Status
        zone = ZoneInfo(business.time_zone)
        by_day: QuerySet[Any] = rows.values(
            date=TruncDate("created_at", tzinfo=zone)
        ).annotate(
            verifications=Count("id"),
            completed=Count("id", filter=Q(status=status.COMPLETED)),
            failed=Count("id", filter=Q(status=status.FAILED)),
            high_risk=Count("id", filter=Q(risk_level__in=high)),
            scored=Count("score"),
            score_units=Sum(Units("score", factor=10_000)),
            revenue_cents=Sum(in_cents("fee")),
        )
        return by_day


DATASET: Final = Analytics()
