"""An auditor who reads all and exports nothing, and an operator of one business."""

import csv
import io
from pathlib import Path

import pytest

from customers.models import AuditEvent, Business, Company, Customer, Verification
from exports.models import ExportJob
from templates_app.models import ExportTemplate
from tests import make
from tests.customers.admin.asking import page as address
from tests.exports.views.asking import BOTH, client, export
from tests.templates_app.admin.test_navigation import MENUS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=BOTH),
]
NEW = "/admin/templates_app/exporttemplate/new-export/"
ASK = """async () => {
  const [, token] = document.cookie.match(/csrftoken=([^;]+)/);
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const spec = { business_id: "business_mine", export_type: "reports", format: "csv" };
  const body = JSON.stringify(spec);
  const answer = await fetch("/v1/export/jobs", { method: "POST", headers, body });
  return answer.status;
}"""


def filled(business_id: str, name: str) -> Business:
    """With a row of each kind that bears its name, and an export with its file."""
    business = make.business(business_id, name=name)
    make.verification(make.company(business, name=f"{name} Ltd"))
    make.customer(business, name=f"{name} Buyer")
    ExportTemplate.objects.create(
        business=business, slug="s", name=name, export_type="reports", format="csv"
    )
    columns = ["business_name", "status"]
    export(client(business), business, columns=columns, metadata={"of": name})
    return business


@pytest.fixture
def mine():
    filled("business_theirs", "Theirs")
    return filled("business_mine", "Mine")


def menu(page) -> list[str]:
    names = page.locator("#nav-sidebar-apps a > span:not(.material-symbols-outlined)")
    return names.all_inner_texts()


def forget(seen, status: str) -> None:
    """That the browser tells of these refusals is what was wanted."""
    assert seen.complaints
    assert [each for each in seen.complaints if status not in each] == []
    seen.complaints.clear()


def test_auditor_reads_all_and_exports_nothing(visit, mine):
    seen = visit(make.staff("auditor", mine))
    page = seen.page
    own = ExportJob.objects.get(business=mine)
    assert menu(page) == MENUS["auditor"]

    page.get_by_role("link", name="Exports", exact=True).click()
    page.locator("#result_list").wait_for()
    assert page.locator("#result_list [data-job]").count() == 1
    page.get_by_role("link", name=own.export_id).click()
    acts = page.locator(".kyb-buttons a").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    text = Path(download.value.path()).read_text()

    page.goto(address(AuditEvent, "changelist"))
    shown = page.locator("#result_list .field-action").all_inner_texts()
    events = AuditEvent.objects.filter(business_id=mine.id).order_by("-id")
    assert shown == list(events.values_list("action", flat=True))
    assert shown[0] == "export.downloaded"
    assert acts == ["Download"]
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["business_name", "status"],
        ["Mine Ltd", "completed"],
    ]

    page.goto(address(Verification, "changelist"))
    assert page.locator("select[name=action]").count() == 0
    assert page.goto(NEW).status == 403
    page.locator("#content").get_by_text("Your role does not allow this.").wait_for()
    page.goto("/admin/")
    assert page.evaluate(ASK) == 403
    assert ExportJob.objects.count() == 2
    forget(seen, "403 (Forbidden)")


def test_operator_of_one_business_sees_it_alone(visit, mine):
    seen = visit(make.staff("operator", mine))
    page = seen.page
    foreign = ExportJob.objects.exclude(business=mine).get()
    assert menu(page) == MENUS["operator"]

    for model in (
        *(ExportJob, ExportTemplate, Verification, Company, Customer, Business),
    ):
        page.goto(address(model, "changelist"))
        assert page.locator("#result_list tbody tr").count() == 1, model
        assert page.get_by_text("Theirs").count() == 0, model

    page.goto(address(ExportJob, "change", foreign.pk))
    page.get_by_text("There is no such export.").wait_for()
    page.goto(f"{NEW}?business=business_theirs")
    page.locator("#rows td").first.wait_for()
    assert page.locator("#business_id option").all_inner_texts() == [
        "Mine (business_mine)"
    ]
    assert page.locator("#rows td").filter(has_text="Mine Ltd").count() == 1
    assert page.goto(address(AuditEvent, "changelist")).status == 403
    forget(seen, "403 (Forbidden)")
