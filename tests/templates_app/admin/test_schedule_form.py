"""The form of a schedule: what it sends, what it says is wrong, and the next times."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from customers.models import AuditEvent
from templates_app.admin.schedule_form import DATA
from templates_app.models import ExportTemplate, Schedule
from tests import make
from tests.customers.admin.asking import at_admin, page
from tests.templates_app.schedules_asked import mine
from tests.templates_app.schedules_made import NOON, schedule

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
__all__ = ["mine"]


def template(of, slug="firms"):
    return ExportTemplate.objects.create(
        business=of, slug=slug, name="Firms", export_type="reports", format="csv"
    )


def form(**values):
    basic = {
        "business": "business_mine",
        "name": "Every working day",
        "what": "template",
        "template": "verifications_csv",
        "cron": "30 6 * * 1-5",
        "missed": "run_once",
        "data_range": "as_asked",
    }
    return basic | values


def edit(row):
    return reverse("admin:templates_app_schedule_edit", args=[row.pk])


def fields(client, row):
    """What the form of it holds, as a browser would send it back unchanged."""
    shown = client.get(edit(row)).context["form"]
    values = {each.name: each.value() for each in shown}
    texts = {
        name: shown[name].field.widget.format_value(value)
        for name, value in values.items()
        if name in {"starts_at", "ends_at"}
    }
    sent = {**values, **texts}
    return {name: value for name, value in sent.items() if value not in (None, False)}


def wrong(answer):
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    return {name: [str(each) for each in told] for name, told in errors.items()}


@time_machine.travel(NOON, tick=False)
def test_schedule_is_made_and_owned_by_whoever_made_it(mine):
    make.business("business_other")
    client = at_admin("operator", mine)

    answer = client.post(
        page(Schedule, "add"),
        form(
            export='{"filters": {"date_range": "yesterday"}}',
            starts_at="2026-07-01T08:00",
            only_if_not_empty="on",
        ),
    )

    row = Schedule.objects.get()
    assert answer.headers["Location"] == page(Schedule, "change", row.pk)
    assert row.export == {
        "template_id": "verifications_csv",
        "filters": {"date_range": "yesterday"},
    }
    assert (row.business_id, row.cron, row.time_zone, row.owner_kind) == (
        *("business_mine", "30 6 * * 1-5", "Europe/Berlin", "staff"),
    )
    # Eight o'clock in Berlin, where it is summer then.
    assert row.starts_at == datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert (row.only_if_not_empty, row.only_if_changed) == (True, False)
    [event] = AuditEvent.objects.filter(object_type="schedule")
    assert (event.action, event.actor_kind) == ("schedule.created", "staff")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"what": "export", "export": '{"export_type": "reports", "format": "csv"}'},
            {"export_type": "reports", "format": "csv"},
        ),
        ({"template": "business_mine/firms"}, {"template_id": "firms"}),
    ],
)
def test_what_is_exported_is_what_was_chosen(mine, values, expected):
    template(mine)

    at_admin("operator", mine).post(page(Schedule, "add"), form(**values))

    assert Schedule.objects.get().export == expected


def test_customers_are_scheduled_by_who_may_export_them(mine):
    make.customer(mine)
    asked = {"format": "json", "filter": {}}

    at_admin("operator", mine).post(
        page(Schedule, "add"), form(what="customers", customer_360=json.dumps(asked))
    )

    row = Schedule.objects.get()
    assert (row.customers, row.export) == (asked, None)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"cron": "61 * * * *"}, {"cron": "cron is no cron expression: bad minute"}),
        ({"cron": ""}, {"cron": "cron or interval_minutes must be there"}),
        ({"interval_minutes": "5"}, {"cron": "and not both"}),
        (
            {"cron": "", "interval_minutes": "0"},
            {"interval_minutes": "must be a whole number from 1 to"},
        ),
        ({"time_zone": "Mars/Base"}, {"time_zone": "Select a valid choice"}),
        (
            {"starts_at": "2999-01-02T00:00", "ends_at": "2999-01-01T00:00"},
            {"ends_at": "must be after starts_at"},
        ),
        ({"ends_at": "2001-01-01T00:00"}, {"cron": "is never due again"}),
        ({"name": ""}, {"name": "This field is required"}),
        ({"template": ""}, {"template": "Choose a template."}),
        ({"template": "gone"}, {"template": "Select a valid choice"}),
        ({"export": "{"}, {"export": "Enter a valid JSON"}),
        ({"export": "[1]"}, {"export": "export must be an object"}),
        ({"export": '{"columns": ["scor"]}'}, {"export": "did you mean 'score'?"}),
        ({"export": '{"columns": ["notes"]}'}, {"export": "may not be seen"}),
        ({"export": '{"colour": 1}'}, {"export": "colour is not a field of an export"}),
        (
            {"data_range": "since_previous", "only_if_changed": "on"},
            {"only_if_changed": "says nothing where"},
        ),
        (
            {"what": "customers", "customer_360": '{"format": "yaml", "filter": {}}'},
            {"customer_360": "format"},
        ),
        ({"business": "business_other"}, {"business": "Select a valid choice"}),
    ],
)
def test_each_field_says_what_is_wrong_with_it(mine, values, expected):
    make.business("business_other")
    make.verification(make.company(mine))

    answer = at_admin("operator", mine).post(page(Schedule, "add"), form(**values))

    told = wrong(answer)
    assert told.keys() == expected.keys()
    for name, text in expected.items():
        assert text in " ".join(told[name])
    assert Schedule.objects.count() == 0


def test_template_of_another_business_is_told_from_the_own(mine):
    other = make.business("business_other")
    template(other)
    user = make.staff("operator", mine)
    user.memberships.create(business=other, role="operator")
    client = at_admin("operator", mine)
    client.force_login(user)

    answer = client.post(page(Schedule, "add"), form(template="business_other/firms"))

    assert wrong(answer) == {"template": ["This template is another business's."]}


def test_templates_of_others_are_no_choice(mine):
    template(make.business("business_other"), slug="foreign")

    told = at_admin("operator", mine).get(page(Schedule, "add")).content.decode()

    assert "verifications_csv" in told
    assert "foreign" not in told


def test_form_that_is_sent_back_as_it_came_changes_nothing(mine):
    row = schedule(
        mine,
        starts_at="2999-03-02T12:00:31+00:00",
        ends_at="2999-03-03T12:00:00+00:00",
        only_if_not_empty=True,
    )
    client = at_admin("operator", mine)

    client.post(edit(row), fields(client, row))

    before = (row.version, row.owner_id, row.starts_at)
    row.refresh_from_db()
    assert (row.version, row.owner_id, row.starts_at) == before


def test_change_says_only_what_was_changed(mine):
    row = schedule(mine)
    client = at_admin("operator", mine)

    told = client.get(edit(row)).content.decode()
    client.post(
        edit(row), fields(client, row) | {"name": "Renamed", "cron": "5 * * * *"}
    )

    row.refresh_from_db()
    assert "From then on it runs with your rights" in told.replace("from", "From")
    assert (row.name, row.cron, row.owner_kind) == ("Renamed", "5 * * * *", "staff")
    [event] = AuditEvent.objects.filter(action="schedule.changed")
    assert event.details["changed"] == ["name", "cron", "owner"]


def test_local_start_goes_with_the_zone(mine):
    row = schedule(mine, time_zone="Europe/Berlin", starts_at="2999-01-01T07:00+00:00")
    client = at_admin("operator", mine)

    client.post(edit(row), fields(client, row) | {"time_zone": "Asia/Tokyo"})

    row.refresh_from_db()
    assert row.starts_at == datetime(2998, 12, 31, 23, tzinfo=UTC)


def test_change_of_what_was_deleted_meanwhile_is_told(mine):
    row = schedule(mine)
    client = at_admin("operator", mine)
    sent = fields(client, row)
    Schedule.objects.all().delete()

    answer = client.post(edit(row), sent)

    assert answer.headers["Location"] == page(Schedule, "changelist")


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"cron": "30 6 * * 1-5"}, "Tue, March 3, 2026, 6:30 a.m. (CET)"),
        (
            {"cron": "30 2 29 3 *", "time_zone": "Europe/Berlin"},
            "Sun, March 29, 2026, 3 a.m. (CEST)",
        ),
        (
            {"interval_minutes": "90", "starts_at": "2026-03-05T08:00"},
            "Thu, March 5, 2026, 9:30 a.m. (CET)",
        ),
        ({"cron": "61 * * * *"}, "cron is no cron expression"),
        ({"cron": "soon"}, "must be five fields"),
        ({"interval_minutes": "soon"}, "Enter a whole number"),
        ({"cron": "0 0 * * *", "ends_at": "2001-01-01T00:00"}, "never due again"),
    ],
)
def test_next_times_are_told_as_one_types(mine, asked, told):
    address = reverse("admin:schedule_next_runs")

    answer = at_admin("operator", mine).get(address, {"business": mine.id} | asked)

    assert answer.status_code == 200
    assert told in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "business"), [("viewer", "business_mine"), ("operator", "business_other")]
)
def test_next_times_are_for_who_may_make_schedules(mine, role, business):
    make.business("business_other")
    address = reverse("admin:schedule_next_runs")

    answer = at_admin(role, mine).get(
        address, {"business": business, "cron": "0 0 1 1 *"}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("data_range", Schedule.DataRange.values)
def test_each_kind_of_data_has_its_words(mine, data_range):
    asked = {"export_type": "verifications", "format": "csv"}
    row = schedule(mine, export=asked, data_range=data_range)

    shown = at_admin("operator", mine).get(page(Schedule, "change", row.pk))

    assert str(DATA[data_range]) in shown.content.decode()
