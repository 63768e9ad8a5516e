"""Schedules in the admin: who sees and does what, and that it is the API's own deed."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import AuditEvent
from exports.models import ExportJob
from exports.states import JobStatus
from templates_app.admin.schedule_times import rhythm
from templates_app.models import Schedule
from tests import make
from tests.customers.admin.asking import act, at_admin, listed, page
from tests.templates_app.schedules_asked import mine
from tests.templates_app.schedules_made import (
    HOUR,
    NOON,
    beat,
    end_jobs,
    run_of,
    schedule,
)

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
__all__ = ["mine"]
ACTS = ("run", "pause", "resume", "take-over", "delete")


def shown(client, row):
    return client.get(page(Schedule, "change", row.pk)).content.decode()


def deeds(row):
    events = AuditEvent.objects.filter(object_id=row.schedule_id).order_by("at", "id")
    return [(event.action, event.actor_kind) for event in events]


@time_machine.travel(NOON, tick=False)
def test_page_shows_the_next_runs_in_the_zone_of_the_schedule(mine):
    schedule(make.business("business_other"), name="Theirs")
    row = schedule(mine, cron="30 6 * * 1-5", time_zone="Europe/Berlin")

    told = shown(at_admin("viewer", mine), row)

    days = ["Tue, March 3", "Wed, March 4", "Thu, March 5", "Fri, March 6"]
    assert [f"{day}, 2026, 6:30 a.m. (CET)" in told for day in days] == [True] * 4
    assert "Mon, March 9, 2026, 6:30 a.m. (CET)" in told
    assert "Theirs" not in told


@time_machine.travel(NOON, tick=False)
def test_next_run_in_the_list_is_told_in_the_zone_of_the_schedule(mine):
    schedule(mine, cron="30 6 * * *", time_zone="Asia/Tokyo")
    schedule(mine, name="Second", cron=None, interval_minutes=90)

    told = at_admin("viewer", mine).get(page(Schedule, "changelist")).content.decode()

    assert "Tue, March 3, 2026, 6:30 a.m. (JST)" in told
    assert "every 1:30" in told


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"cron": "30 6 * * 1-5"}, "Monday to Friday at 6:30 (30 6 * * 1-5)"),
        ({"cron": "7 7 7 7 *"}, "7 7 7 7 *"),
        ({"cron": None, "interval_minutes": 1440}, "every day"),
        ({"cron": None, "interval_minutes": 2880}, "every 2 days"),
        ({"cron": None, "interval_minutes": 1505}, "every 25:05 h"),
    ],
)
def test_rhythm_is_told_in_words(mine, values, told):
    assert rhythm(schedule(mine, **values)) == told


@pytest.mark.parametrize("role", ["operator", "manager"])
def test_it_is_paused_and_resumed_after_a_question(mine, role):
    row = schedule(mine)
    client = at_admin(role, mine)

    asked = client.get(act(row, "pause")).content.decode()
    client.post(act(row, "pause"))
    row.refresh_from_db()
    paused = (row.paused_reason, row.next_at)
    client.post(act(row, "resume"))

    row.refresh_from_db()
    assert "Pause it?" in asked
    assert paused == ("by_request", None)
    assert (row.paused_at, row.next_at is None) == (None, False)
    assert deeds(row) == [
        ("schedule.created", "key"),
        ("schedule.paused", "staff"),
        ("schedule.resumed", "staff"),
    ]


def test_run_now_leads_to_the_page_of_its_export(mine):
    row = schedule(mine)

    answer = at_admin("operator", mine).post(act(row, "run"))

    run = run_of(row)
    assert run.trigger == "manual"
    assert answer.headers["Location"] == page(ExportJob, "change", run.job_id)
    assert deeds(row)[1:] == [("schedule.run", "staff")]


def test_run_now_counts_against_the_limit_of_jobs(mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"LIMIT_JOBS": 1}
    row = schedule(mine)
    client = at_admin("operator", mine)
    client.post(act(row, "run"))

    answer = client.post(act(row, "run"))

    assert row.runs.count() == 1
    [_begun, said] = [str(each) for each in get_messages(answer.wsgi_request)]
    assert said.startswith("Too many exports were begun")


def test_whoever_takes_over_gives_it_their_rights(mine):
    row = schedule(mine)
    user = make.staff("operator", mine)
    client = at_admin("operator", mine)
    client.force_login(user)

    client.post(act(row, "take-over"))
    again = client.post(act(row, "take-over"))

    row.refresh_from_db()
    assert (row.owner_kind, row.owner_id) == ("staff", str(user.pk))
    assert "take-over" not in shown(client, row)
    assert again.headers["Location"] == page(Schedule, "change", row.pk)


def test_deleted_schedule_leaves_its_exports(mine):
    row = schedule(mine)
    beat(NOON + HOUR)

    at_admin("manager", mine).post(act(row, "delete"))

    assert Schedule.objects.count() == 0
    assert ExportJob.objects.count() == 1


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_who_may_only_look_is_asked_nothing(mine, role):
    row = schedule(mine)
    client = at_admin(role, mine)
    edit = reverse("admin:templates_app_schedule_edit", args=[row.pk])

    addresses = [*[act(row, name) for name in ACTS], edit, page(Schedule, "add")]
    codes = {client.post(address).status_code for address in addresses}

    assert codes == {403}
    assert listed(client, Schedule) == {row.pk}
    assert [address for address in addresses if address in shown(client, row)] == []
    assert deeds(row) == [("schedule.created", "key")]


@pytest.mark.parametrize("name", [*ACTS, "nonsense"])
def test_foreign_schedule_is_as_if_it_were_not_there(mine, name):
    row = schedule(make.business("business_theirs"))

    answer = at_admin("manager", mine).post(act(row, name))

    assert answer.headers["Location"] == page(Schedule, "changelist")
    assert deeds(row) == [("schedule.created", "key")]


def test_runs_are_told_with_what_came_of_them(mine):
    row = schedule(mine, missed="skip", time_zone="Europe/Berlin")
    schedule(make.business("business_other"))
    beat(NOON + HOUR)
    end_jobs(JobStatus.FAILED)
    beat(NOON + 5 * HOUR + HOUR / 2)
    job = row.runs.get(status="failed").job

    told = shown(at_admin("viewer", mine), row)

    assert page(ExportJob, "change", job.pk) in told
    assert told.count(job.export_id) == 1
    assert "Mon, March 2, 2026, 2 p.m. (CET)" in told
    assert job.error_message in told
    assert "nobody looked when it was due 3 times before it were missed." in told


def test_old_runs_are_on_pages_of_their_own(mine):
    row = schedule(mine, missed="catch_up", cron="* * * * *")
    times = [datetime(2026, 3, 2, 12, minute, tzinfo=UTC) for minute in range(1, 31)]
    for at in times:
        beat(at)
        end_jobs()
    client = at_admin("viewer", mine)
    address = page(Schedule, "change", row.pk)

    first, second = (client.get(address, {"page": each}) for each in (1, 2))

    assert [len(each.context["runs"]) for each in (first, second)] == [25, 5]
    assert "?page=2" in first.content.decode()


@pytest.mark.parametrize(
    ("state", "found"),
    [("due", {"Due"}), ("by_request", {"Paused"}), ("failures", {"Broken"})],
)
def test_list_is_filtered_by_state(mine, settings, state, found):
    settings.EXPORTS = settings.EXPORTS | {"SCHEDULE_MAX_FAILURES": 1}
    schedule(mine, name="Due", cron="0 0 1 1 *")
    schedule(mine, name="Paused", paused=True)
    schedule(mine, name="Broken")
    beat(NOON + HOUR)
    end_jobs(JobStatus.FAILED)
    beat(NOON + HOUR)

    answer = at_admin("viewer", mine).get(
        page(Schedule, "changelist"), {"state": state}
    )

    assert {row.name for row in answer.context["cl"].result_list} == found


def test_schedule_that_is_over_is_found_by_that(mine):
    over = schedule(mine, ends_at=(NOON + 2 * HOUR).isoformat())
    schedule(mine)
    beat(NOON + HOUR)

    found = listed(at_admin("viewer", mine), Schedule, state="over")

    assert found == {over.pk}


@pytest.mark.parametrize(
    ("role", "seen"), [("viewer", False), ("auditor", False), ("manager", True)]
)
def test_schedule_of_customers_is_for_who_may_export_them(mine, role, seen):
    make.customer(mine)
    row = schedule(mine)
    values = {"customers": {"format": "json", "filter": {}}, "export": None}
    Schedule.objects.filter(pk=row.pk).update(**values)
    client = at_admin(role, mine)

    answer = client.get(page(Schedule, "change", row.pk))

    assert (row.pk in listed(client, Schedule)) is seen
    assert answer.status_code == (200 if seen else 302)


def test_list_asks_no_more_with_more_rows(mine, django_assert_num_queries):
    client = at_admin("viewer", mine)
    schedule(mine)
    address = page(Schedule, "changelist")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(3):
        schedule(mine)

    with django_assert_num_queries(len(one)):
        client.get(address)


def test_names_that_hold_markup_are_text(mine):
    row = schedule(mine, name="<script>alert(1)</script>")

    told = shown(at_admin("operator", mine), row)

    assert "<script>alert(1)" not in told
    assert "&lt;script&gt;alert(1)" in told
