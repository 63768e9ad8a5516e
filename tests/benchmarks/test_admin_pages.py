"""The benchmark of the admin's pages opens every list, beside the target."""

import pytest

from benchmarks import admin_pages
from tests.benchmarks.printed import cells

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_stack]


def test_every_page_of_each_reader_is_timed(bench, capsys, monkeypatch):
    monkeypatch.setattr(admin_pages, "_WARM", 1)

    admin_pages.report(bench, jobs=200, requests=1)

    printed = capsys.readouterr().out
    whole, own = cells(printed), cells(printed, table=1)
    titles, fewer = ([row[0] for row in table] for table in (whole, own))
    assert titles[:3] == ["dashboard, 30 days", "dashboard, today", "new export"]
    assert {"verifications", "verifications, searched", "one of export jobs"} <= (
        set(titles)
    )
    assert set(fewer) < set(titles)
    assert "users" not in fewer
