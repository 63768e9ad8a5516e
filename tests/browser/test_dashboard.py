"""The dashboard and the keys, in real Chromium."""

import http.client
from urllib.parse import urlsplit

import pytest

from customers.models import ApiKey
from exports.models import ExportJob
from tests import make
from tests.exports.admin.dashboard_made import some_of_all
from tests.exports.views.asking import BOTH

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=BOTH),
]


@pytest.fixture
def mine():
    business = make.business("business_mine", name="Mine")
    some_of_all(business)
    some_of_all(make.business("business_theirs", name="Theirs"))
    return business


def test_figure_leads_to_the_list_of_its_rows(visit, mine):
    page = visit(make.staff("viewer", mine)).page
    page.get_by_role("link", name="Today").click()
    tile = page.locator("dl.kyb-tiles div", has_text="failed").get_by_role("link")
    number = int(tile.inner_text())
    tile.click()
    page.locator("#result_list").wait_for()

    shown = page.locator("#result_list .kyb-progress").count()

    own = ExportJob.objects.filter(business=mine, status="failed")
    assert (shown, number) == (2, 2)
    assert own.count() == 3


def test_dashboard_fits_a_phone(visit, mine):
    page = visit(make.staff("viewer", mine)).page
    page.set_viewport_size({"width": 390, "height": 800})

    wide = page.evaluate("document.documentElement.scrollWidth")

    assert wide <= 390
    assert page.locator("svg.kyb-chart rect").count() > 3


def status(server: str, key: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=20)
    connection.request(
        "GET", "/v1/export/types", headers={"Authorization": f"Bearer {key}"}
    )
    answer = connection.getresponse().status
    connection.close()
    return answer


def test_key_is_shown_once_works_and_is_revoked(visit, mine, live_server):
    page = visit(make.staff("manager", mine)).page
    page.goto("/admin/customers/apikey/add/")
    page.get_by_label("Name").fill("billing")
    page.get_by_label("Businesses").select_option("business_mine")
    page.get_by_label("Networks").fill("127.0.0.0/8")
    page.get_by_role("button", name="Make the key").click()
    text = page.get_by_label("The key").input_value()
    before = status(live_server.url, text)

    page.reload()
    page.get_by_text("Its text is not kept.").wait_for()
    after_reload = text in page.content()
    page.get_by_role("link", name="billing").click()
    on_its_page = text in page.content()
    page.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("The key is revoked.").wait_for()

    assert (before, after_reload, on_its_page) == (200, False, False)
    assert status(live_server.url, text) == 401
    assert ApiKey.objects.count() == 1
