"""A page of the admin that stays open while the web server goes away and comes back."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.browser.seen import FLAGS

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]

PASSWORD = "correct horse battery"
MAKE_STAFF = f"""
from customers.models import Business, Membership, User

user = User.objects.create_user("vito", password="{PASSWORD}", is_staff=True)
business = Business.objects.get(pk="business_123")
Membership.objects.create(user=user, business=business, role="viewer")
"""
SPEC = {"format": "csv", "columns": ["id"], "max_rows": 5}


@pytest.fixture
def page(fragile) -> Iterator[Page]:
    fragile.manage("shell", "--no-imports", "--command", MAKE_STAFF)
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(base_url=fragile.url)
        page.goto("/admin/login/")
        page.locator("#id_username").fill("vito")
        page.locator("#id_password").fill(PASSWORD)
        page.locator("button[type=submit]").click()
        page.wait_for_url("**/admin/")
        yield page
        browser.close()


def test_progress_goes_on_after_the_web_server_was_away(fragile, fragile_client, page):
    fragile.worker.stop()
    job_id = fragile_client.post(SPEC)["job_id"]
    page.goto("/admin/exports/exportjob/")
    row = page.locator(f"[data-job={job_id}]")
    row.get_by_text("waiting").wait_for()
    page.evaluate("() => { window.stayed = true; }")

    with page.expect_event("requestfailed"):
        fragile.web.stop()
    fragile.web.start()
    fragile.wait_for_web()
    fragile.worker.start()
    row.get_by_text("completed").wait_for(timeout=60_000)

    assert page.locator("#kyb-live").text_content() == f"{job_id}: completed"
    assert page.evaluate("() => window.stayed") is True
