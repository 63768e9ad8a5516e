"""Staff and what runs by itself, in real Chromium: schedules, and webhooks."""

import pytest
from django.utils import timezone
from standardwebhooks import Webhook as Verifier

from exports import runs
from exports.delivery import deliveries
from exports.models import ExportJob, Webhook
from templates_app.models import Schedule
from tests import make
from tests.customers.admin.asking import page as address
from tests.exports.delivery.receiving import LOCAL, receiver
from tests.exports.pipeline.query.asking import query_role
from tests.exports.views.asking import BOTH

__all__ = ["query_role"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=BOTH),
]


@pytest.fixture
def mine():
    business = make.business("business_mine", name="Mine", time_zone="Asia/Tokyo")
    for _ in range(3):
        make.verification(make.company(business))
    make.verification(make.company(make.business("business_theirs", name="Theirs")))
    return business


def test_schedule_is_made_its_next_runs_seen_and_run_now(visit, mine):
    page = visit(make.staff("operator", mine)).page
    page.get_by_role("link", name="Schedules").click()
    page.get_by_role("link", name="Add").first.click()
    page.get_by_label("Name").fill("Each New Year")
    page.get_by_label("Template", exact=True).select_option("verifications_csv")
    page.get_by_label("Cron expression").fill("0 9 1 1")
    page.get_by_text("cron must be five fields").wait_for()
    page.get_by_label("Cron expression").fill("0 9 1 1 *")
    year = timezone.now().year + 1
    page.get_by_text(f"Jan. 1, {year}, 9 a.m. (JST)").wait_for()
    coming = page.locator("#kyb-next li").all_inner_texts()
    page.get_by_role("button", name="Save the schedule").click()
    page.get_by_text("The schedule is saved.").wait_for()

    assert page.locator(".kyb-steps li").all_inner_texts() == coming
    page.get_by_role("link", name="Run now").click()
    page.get_by_role("button", name="Run now").click()
    page.get_by_text("waiting").wait_for()
    job = Schedule.objects.get().runs.get().job
    runs.work(job.queue, worker="test")
    page.get_by_role("link", name="Download").wait_for()

    page.goto(address(Schedule, "change", Schedule.objects.get().pk))
    page.get_by_text("completed").wait_for()
    assert page.get_by_role("link", name=job.export_id).get_attribute("href") == (
        address(ExportJob, "change", job.pk)
    )
    assert (len(coming), ExportJob.objects.get().rows_written) == (5, 3)


@pytest.mark.usefixtures("query_role")
def test_query_of_new_export_becomes_a_schedule(visit, mine):
    query = "SELECT status, count(*) AS n FROM verifications GROUP BY status"
    page = visit(make.staff("manager", mine)).page
    page.goto("/admin/templates_app/exporttemplate/new-export/?type=custom")
    page.locator("#custom_query").fill(query)
    page.get_by_text("Understood: 2 columns").wait_for()
    page.get_by_label("Password of the file").fill("not to be kept")
    page.get_by_role("button", name="As a schedule").click()
    page.get_by_label("Name").fill("Counted")
    page.get_by_label("Cron expression").fill("0 9 1 1 *")
    filled_in = page.locator("#id_export").input_value()
    page.get_by_role("button", name="Save the schedule").click()
    page.get_by_text("The schedule is saved.").wait_for()

    row = Schedule.objects.get()
    assert (row.business_id, row.export["custom_query"]) == (mine.id, query)
    assert (row.has_password, "not to be kept" in filled_in) == (False, False)


def test_schedule_is_paused_and_resumed(visit, mine):
    page = visit(make.staff("operator", mine)).page
    page.goto(address(Schedule, "add"))
    page.get_by_label("Name").fill("Each hour")
    page.get_by_label("Whole customers (customer 360)").check()
    page.get_by_label("Which customers, and how").wait_for()
    assert page.get_by_label("Template", exact=True).is_hidden()
    page.get_by_label("An export of its own").check()
    page.get_by_label("The export, or what differs").fill(
        '{"export_type": "verifications", "format": "csv"}'
    )
    page.get_by_label("Or every so many minutes").fill("90")
    page.locator("#kyb-next li").first.wait_for()
    page.get_by_role("button", name="Save the schedule").click()

    page.get_by_role("link", name="Pause").click()
    page.get_by_role("button", name="Pause").click()
    page.get_by_text("None: it is paused, or over.").wait_for()
    page.get_by_role("link", name="Resume").click()
    page.get_by_role("button", name="Resume").click()
    page.locator(".kyb-steps li").first.wait_for()

    assert Schedule.objects.get().paused_at is None


def test_webhook_is_made_and_a_test_delivered_to_a_real_receiver(visit, mine, settings):
    settings.EXPORTS = settings.EXPORTS | {
        "WEBHOOK_NETWORKS": LOCAL,
        "WEBHOOK_ALLOW_HTTP": True,
    }
    page = visit(make.staff("manager", mine)).page
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_role("link", name="Add").first.click()
    with receiver(204) as to:
        page.get_by_label("URL").fill(to.url)
        page.get_by_role("button", name="Save the webhook").click()
        secret = page.locator("#kyb-secret").inner_text()
        page.get_by_role("link", name="I have it").click()
        page.get_by_role("link", name="Send a test").click()
        page.get_by_role("button", name="Send a test").click()
        page.get_by_text("on its way", exact=True).wait_for()
        deliveries.deliver_due()
        page.get_by_text("delivered", exact=True).wait_for()

    [received] = to.received
    told = Verifier(secret).verify(received.body, received.headers)
    assert told["data"]["webhook_id"] == Webhook.objects.get().webhook_id
    assert secret not in page.content()
