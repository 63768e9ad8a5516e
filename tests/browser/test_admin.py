"""People at the admin, in real Chromium: what they do, and what they get."""

import csv
import io
from pathlib import Path

import pytest

from exports import runs
from exports.models import ExportJob
from exports.states import JobStatus
from templates_app.models import ExportTemplate
from tests import make
from tests.browser.rows import verified
from tests.customers.admin.asking import page as address
from tests.exports.jobs_made import claimed, job
from tests.exports.views.asking import BOTH

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=BOTH),
]


@pytest.fixture
def mine():
    return verified(companies=3)


def test_export_is_built_watched_and_downloaded(visit, mine):
    page = visit(make.staff("operator", mine)).page
    page.get_by_role("link", name="New export").click()
    for column in page.locator("#columns li").all():
        if column.get_attribute("data-name") not in {"business_name", "status"}:
            column.get_by_role("checkbox").uncheck()
    page.locator("#columns [data-name=status] [data-part=up]").click()
    page.get_by_role("button", name="Add a filter").click()
    page.locator("#filters [data-part=column]").select_option("status")
    page.locator("#filters [data-part=value] select").select_option("failed")
    page.get_by_label("At most so many rows").fill("100")
    page.get_by_text("3 rows, about").wait_for()
    heads = page.locator("#rows th").all_inner_texts()
    shown = [
        row.locator("td").all_inner_texts()
        for row in page.locator("#rows tbody tr").all()
    ]

    page.get_by_role("button", name="Run as a job").click()
    page.get_by_text("waiting").wait_for()
    runs.work("interactive", worker="test")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()

    text = Path(download.value.path()).read_text()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows == [heads, *shown]
    assert (len(shown), {row[heads.index("status")] for row in shown}) == (
        3,
        {"failed"},
    )


def test_template_is_saved_and_opened_again(visit, mine):
    page = visit(make.staff("operator", mine)).page
    page.goto("/admin/templates_app/exporttemplate/new-export/?type=business_data")
    page.locator("#rows td").first.wait_for()
    page.locator("#columns [data-name=lei] input").first.uncheck()
    page.get_by_label("Name of a template").fill("Firms")
    page.get_by_role("button", name="Save as a template").click()
    page.get_by_text("Saved as the template firms.").wait_for()

    row = ExportTemplate.objects.get()
    query = f"?business={mine.id}&template={row.slug}"
    page.goto(f"/admin/templates_app/exporttemplate/new-export/{query}")
    page.locator("#rows td").first.wait_for()

    chosen = page.locator("#columns li:has([data-part=chosen]:checked)").all()
    assert [each.get_attribute("data-name") for each in chosen] == row.columns
    assert "lei" not in row.columns


def test_what_is_wrong_is_told(visit, mine):
    seen = visit(make.staff("operator", mine))
    page = seen.page
    page.get_by_role("link", name="New export").click()
    page.locator("#rows td").first.wait_for()

    page.get_by_label("Password of the file").fill("short")

    page.get_by_text("password must have 8 to 99 characters").wait_for()
    refused = [each for each in seen.complaints if "400 (Bad Request)" in each]
    assert refused == seen.complaints
    seen.complaints.clear()


def test_progress_changes_without_reloading(visit, mine):
    row = claimed(job(mine), rows_written=1, rows_expected=4, progress=0.25)
    page = visit(make.staff("viewer", mine)).page
    page.goto(address(ExportJob, "changelist"))
    page.get_by_text("1 of 4 rows").wait_for()

    ExportJob.objects.filter(pk=row.pk).update(rows_written=3, progress=0.75)
    page.get_by_text("3 of 4 rows").wait_for()

    assert page.get_by_role("progressbar").get_attribute("value") == "75"


def test_export_is_cancelled_after_a_question(visit, mine):
    row = job(mine)
    page = visit(make.staff("operator", mine)).page
    page.goto(address(ExportJob, "change", row.pk))
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("The export is being cancelled.").wait_for()

    row.refresh_from_db()
    assert row.status == JobStatus.CANCELLED
