"""Rows of a list, exported from there: what was chosen is what the file holds."""

import csv
import io
from pathlib import Path

import pytest
from django.contrib import admin

from customers.models import Verification
from exports import runs
from tests import make
from tests.browser.rows import verified
from tests.customers.admin.asking import PAYLOAD
from tests.customers.admin.asking import page as address
from tests.exports.views.asking import BOTH

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=BOTH),
]
HEADS = ["id", "business_name", "status", "risk_level", "score", "created_at"]


@pytest.fixture
def mine():
    return verified(companies=4)


def taken(page) -> list[list[str]]:
    """New export as it opened, its columns of persons left out, run to its file."""
    page.locator("#columns [data-name=reviewer]").get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Run as a job").click()
    page.get_by_text("waiting").wait_for()
    runs.work("bulk", worker="test")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    text = Path(download.value.path()).read_text()
    return list(csv.reader(io.StringIO(text, newline="")))


def run(page) -> None:
    page.locator("select[name=action]").select_option(label="Export …")
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("#rows td").first.wait_for()


def test_selected_rows_are_exported(visit, mine):
    page = visit(make.staff("operator", mine)).page
    page.goto(address(Verification, "changelist"))
    boxes = page.locator("input[name=_selected_action]")
    wanted = [boxes.nth(place).get_attribute("value") for place in (1, 4)]
    for place in (1, 4):
        boxes.nth(place).check()

    run(page)
    page.get_by_text("the 2 rows that were chosen").wait_for()
    heads, *rows = taken(page)

    assert heads == HEADS
    assert [row[0] for row in rows] == wanted


def test_all_that_match_a_filter_are_exported(visit, mine, monkeypatch):
    listed = admin.site.get_model_admin(Verification)
    monkeypatch.setattr(listed, "list_per_page", 2)
    page = visit(make.staff("operator", mine)).page
    page.goto(f"{address(Verification, 'changelist')}?status__exact=failed&o=3")
    page.locator("#action-toggle").check()
    page.get_by_text("Select all 4 verifications").click()

    run(page)
    page.get_by_text("all rows that match its filters").wait_for()
    seen = page.locator("#rows tbody tr").all()
    shown = [row.locator("td").first.inner_text() for row in seen]
    heads, *rows = taken(page)

    assert heads == HEADS
    assert {row[2] for row in rows} == {"failed"}
    assert {row[1] for row in rows} == {f"Company {n} {PAYLOAD}" for n in range(4)}
    assert [row[0] for row in rows] == shown
