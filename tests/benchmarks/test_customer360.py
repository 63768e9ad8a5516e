"""The benchmark of customer reports tells what it says, beside its targets."""

import pytest

from benchmarks import customer360
from tests.benchmarks.printed import cells

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_stack]


def test_each_format_is_timed_fresh_and_kept_and_memory_is_told(
    bench, capsys, monkeypatch
):
    monkeypatch.setattr(customer360, "CUSTOMER_360_P95_MS", {"json": 100, "csv": 100})

    customer360.report(bench, requests=2, long=(501, 600))

    printed = capsys.readouterr().out
    timed, remembered = cells(printed), cells(printed, table=1)
    assert [row[0] for row in timed] == [
        *("json, first", "json, HIT", "csv, first", "csv, HIT")
    ]
    assert [row[0] for row in remembered] == ["501 orders", "600 orders"]
    assert [int(row[2]) > 20 for row in remembered] == [True, True]
