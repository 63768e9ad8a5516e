"""Sums and percentiles of the database are those of the rows taken one by one."""

from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from exports import analytics
from exports.admin.summing import Percentiles, Sums, added, percentiles, sums
from exports.models import ExportJob
from tests import make
from tests.exports.admin.dashboard_made import completed, some_of_all

pytestmark = pytest.mark.django_db


def test_sums_are_those_of_the_api():
    mine = make.business("business_mine")
    some_of_all(mine)
    some_of_all(make.business("business_theirs"))
    today = timezone.now().astimezone(UTC).date()

    jobs = ExportJob.objects.for_business(mine.id)
    found = added(sums(jobs), "day", "export_type", "format", "status")

    told = analytics.figures(
        frozenset({mine.id}),
        first=today - timedelta(days=20),
        last=today + timedelta(days=1),
    )
    assert found == {
        tuple(group): Sums(each.exports, each.rows, each.size)
        for group, each in told.items()
    }


@pytest.mark.parametrize("number", [1, 2, 19, 20, 21, 101])
def test_percentiles_are_of_the_nearest_rank(number):
    mine = make.business()
    for seconds in range(number, 0, -1):
        completed(mine, rows=1, seconds=seconds)
    completed(make.business(), rows=1, seconds=1000)

    found = percentiles(ExportJob.objects.for_business(mine.id))

    half, most = -(-number // 2), -(-number * 95 // 100)
    of_all = pytest.approx(Percentiles(half, most), abs=0.002)
    assert found == {(): of_all, ("verifications", "csv"): of_all}


def test_percentiles_of_each_kind_are_its_own():
    mine = make.business()
    for seconds in (1, 2, 3):
        completed(mine, rows=1, seconds=seconds)
    completed(mine, rows=1, seconds=50, format="json")

    found = percentiles(ExportJob.objects.all())

    assert found == {
        (): pytest.approx(Percentiles(2, 50), abs=0.002),
        ("verifications", "csv"): pytest.approx(Percentiles(2, 3), abs=0.002),
        ("verifications", "json"): pytest.approx(Percentiles(50, 50), abs=0.002),
    }


def test_nothing_has_no_percentiles():
    assert percentiles(ExportJob.objects.all()) == {}
    assert percentiles(ExportJob.objects.none()) == {}
