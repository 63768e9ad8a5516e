"""A customer's page, and the files that are taken from it."""

import json
import zipfile
from pathlib import Path

import pytest

from customers.models import Customer
from exports import runs
from tests import make
from tests.customers.admin.asking import PAYLOAD
from tests.customers.admin.asking import page as address
from tests.exports.views.asking import BOTH

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=BOTH),
]


@pytest.fixture
def mine():
    make.order(make.customer(make.business("business_theirs"), name="Theirs"))
    return make.business("business_mine", name=f"Mine {PAYLOAD}")


@pytest.fixture
def ada(mine):
    row = make.customer(mine, name=f"Ada {PAYLOAD}")
    for number in range(3):
        make.order(row, number=f"ORDER-{number}", lines=[{"product_name": PAYLOAD}])
    make.note(row, body=PAYLOAD)
    make.tag(row, PAYLOAD)
    return row


def test_page_of_a_customer_and_its_files(visit, mine, ada):
    page = visit(make.staff("manager", mine)).page
    page.goto(address(Customer, "changelist"))
    page.get_by_role("link", name="Ada").click()
    numbers = [
        row.locator("td").first.inner_text()
        for row in page.locator("[data-table=orders] tbody tr").all()
    ]

    page.locator("[name=includeNotes]").uncheck()
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").press("Enter")
    page.get_by_text("The file is ready").wait_for()

    told = json.loads(Path(download.value.path()).read_text())["customerData"]
    assert [order["number"] for order in told["orders"]] == numbers
    assert sorted(numbers) == ["ORDER-0", "ORDER-1", "ORDER-2"]
    assert told["profile"]["name"] == f"Ada {PAYLOAD}"
    assert "notes" not in told
    assert download.value.suggested_filename.startswith(f"customer-{str(ada.pk)[:8]}")


def test_refusal_of_a_file_is_told_on_the_page(visit, mine, ada, settings):
    settings.EXPORTS = settings.EXPORTS | {"RATE_LIMIT_MAX": 1}
    seen = visit(make.staff("operator", mine))
    page = seen.page
    page.goto(address(Customer, "change", ada.pk))
    with page.expect_download():
        page.get_by_role("button", name="CSV").click()
    page.get_by_text("The file is ready").wait_for()

    page.get_by_role("button", name="CSV").click()

    page.get_by_text("That was asked for too often.").wait_for()
    refused = [each for each in seen.complaints if "429 (Too Many Requests)" in each]
    assert refused == seen.complaints
    seen.complaints.clear()


def test_whoever_is_signed_out_meanwhile_is_told_so(visit, mine, ada):
    seen = visit(make.staff("operator", mine), locale="de-DE")
    page = seen.page
    page.goto(address(Customer, "change", ada.pk))
    page.context.clear_cookies()

    page.get_by_role("button", name="CSV").click()

    page.get_by_text("Sie sind abgemeldet.").wait_for()
    refused = [each for each in seen.complaints if "401 (Unauthorized)" in each]
    assert refused == seen.complaints
    seen.complaints.clear()


@pytest.mark.usefixtures("ada")
def test_selected_customers_are_one_job(visit, mine, settings, live_server):
    settings.PUBLIC_BASE_URL = live_server.url  # a signed link leads there
    make.customer(mine, name="Not chosen")
    page = visit(make.staff("operator", mine)).page
    page.goto(f"{address(Customer, 'changelist')}?q=Ada")
    page.locator("input[name=_selected_action]").check()
    page.locator("select[name=action]").select_option(label="Export …")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="JSON").click()
    page.get_by_text("waiting").wait_for()
    runs.work("bulk", worker="test")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()

    with zipfile.ZipFile(download.value.path()) as archive:
        [name] = archive.namelist()
        told = json.loads(archive.read(name))["customerData"]
    assert told["profile"]["name"] == f"Ada {PAYLOAD}"
    assert len(told["orders"]) == 3
