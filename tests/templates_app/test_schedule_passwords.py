"""The password of a schedule's files: kept wrapped, used at each run, told nowhere."""

import logging

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.urls import reverse

from customers.models import AuditEvent
from exports import passwords
from exports.models import Delivery, ExportJob, IdempotencyRecord
from templates_app.models import Schedule, ScheduleRun
from tests import make
from tests.customers.admin.asking import at_admin, page
from tests.exports.views.asking import client, error
from tests.templates_app.schedules_made import (
    ADDRESS,
    HOUR,
    NOON,
    SCOPES,
    again,
    beat,
    body,
    end_jobs,
    run_of,
    schedule,
)

pytestmark = pytest.mark.django_db
PASSWORD, OTHER = "correct horse battery", "another horse battery"


@pytest.fixture
def caller(mine):
    return client(mine, scopes=SCOPES)


def keep(caller, mine, **values):
    return caller.post(ADDRESS, body(mine, **values), format="json")


def password_of(row):
    """As a run of it gets it."""
    beat(NOON + HOUR)
    return passwords.of(run_of(row).job)


def rows_as_text():
    kinds = (Schedule, ScheduleRun, ExportJob, AuditEvent, Delivery, IdempotencyRecord)
    return "".join(serializers.serialize("json", kind.objects.all()) for kind in kinds)


def test_each_file_has_the_password_of_its_schedule(mine):
    other = schedule(make.business("business_other"))
    row = schedule(mine, password=PASSWORD)

    assert (password_of(row), again(row).has_password) == (PASSWORD, True)
    assert (password_of(other), other.has_password) == (None, False)


def test_password_occurs_nowhere(caller, mine, caplog):
    caplog.set_level(logging.DEBUG)
    wanted = body(mine, password=PASSWORD)
    once = {"format": "json", "headers": {"Idempotency-Key": "once"}}
    made = caller.post(ADDRESS, wanted, **once)
    address = f"{ADDRESS}/{made.json()['schedule_id']}"
    answers = [
        *(made, caller.post(ADDRESS, wanted, **once), caller.get(address)),
        caller.patch(address, {"password": OTHER}, format="json"),
        *(caller.get(ADDRESS), caller.post(f"{address}/run")),
        caller.get(f"{address}/runs"),
    ]
    row = Schedule.objects.get()
    manager = at_admin("manager", mine)
    edit = reverse("admin:templates_app_schedule_edit", args=[row.pk])
    answers += [manager.get(page(Schedule, "change", row.pk)), manager.get(edit)]
    kept = passwords.of(run_of(row).job)
    before = rows_as_text()
    end_jobs()

    texts = [answer.content.decode() for answer in answers]
    told = [before, rows_as_text(), caplog.text, *texts]
    assert (made.json()["has_password"], kept) == (True, OTHER)
    assert {answer.status_code for answer in answers} == {200, 201, 202}
    assert [text for text in told if PASSWORD in text or OTHER in text] == []


def test_change_that_leaves_it_out_keeps_it(caller, mine):
    told = keep(caller, mine, password=PASSWORD).json()
    address = f"{ADDRESS}/{told['schedule_id']}"

    caller.patch(address, {"name": "Renamed"}, format="json")

    assert Schedule.objects.get().has_password
    caller.put(address, body(mine), format="json")
    assert not Schedule.objects.get().has_password


@pytest.mark.parametrize(
    ("sent", "changed", "left"),
    [
        ({"password": OTHER}, ["password"], True),
        ({"password": PASSWORD}, ["password"], True),
        ({"password": None}, ["password"], False),
    ],
)
def test_change_of_it_is_recorded_by_its_name(caller, mine, sent, changed, left):
    told = keep(caller, mine, password=PASSWORD).json()

    answer = caller.patch(f"{ADDRESS}/{told['schedule_id']}", sent, format="json")

    assert answer.json()["has_password"] is left
    event = AuditEvent.objects.get(action="schedule.changed")
    assert event.details["changed"] == changed


def test_nothing_is_changed_by_taking_away_what_is_not_there(caller, mine):
    told = keep(caller, mine).json()

    caller.patch(f"{ADDRESS}/{told['schedule_id']}", {"password": None}, format="json")

    assert Schedule.objects.get().version == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "password"}, "password"),
        ({"password": 12345678}, "password"),
        (
            {"export": {**body(make.Business(id="x"))["export"], "password": PASSWORD}},
            "export.password",
        ),
        (
            {
                "password": PASSWORD,
                "export": None,
                "customer_360": {"format": "json", "filter": {}},
            },
            "password",
        ),
        (
            {"password": PASSWORD, "export": {"template_id": "x", "format": "csv"}},
            "",
        ),
    ],
)
def test_what_is_wrong_is_named_and_not_repeated(caller, mine, values, field):
    answer = keep(caller, mine, **values)

    status, _code, named = error(answer)
    assert (status, named) == ((400, [field]) if field else (404, []))
    assert PASSWORD not in answer.content.decode()
    assert Schedule.objects.count() == 0


def test_password_opens_for_its_own_schedule_alone(mine):
    row, other = schedule(mine, password=PASSWORD), schedule(mine, name="Other")
    Schedule.objects.filter(pk=other.pk).update(
        wrapped_password=again(row).wrapped_password
    )

    beat(NOON + HOUR)

    assert run_of(row).status == "running"
    run = run_of(other)
    assert (run.status, run.reason) == (
        "failed",
        "a kept secret can no longer be read: give it again",
    )


def test_run_whose_password_can_no_longer_be_read_fails_and_counts(mine, settings):
    row = schedule(mine, password=PASSWORD)
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]

    beat(NOON + HOUR)

    assert (run_of(row).status, again(row).failures) == ("failed", 1)


def test_keys_that_are_rotated_leave_it_readable(mine, settings):
    row = schedule(mine, password=PASSWORD)
    old, new = settings.SECRETS_KEYS, Fernet.generate_key().decode()
    settings.SECRETS_KEYS = [new, *old]

    assert password_of(row) == PASSWORD


def test_form_keeps_it_unless_told(mine):
    row = schedule(mine, password=PASSWORD)
    client = at_admin("operator", mine)
    edit = reverse("admin:templates_app_schedule_edit", args=[row.pk])
    sent = {
        "name": "Renamed",
        "what": "export",
        "export": '{"export_type": "verifications", "format": "csv"}',
        "cron": "0 * * * *",
        "missed": "run_once",
        "data_range": "as_asked",
    }

    client.post(edit, sent)
    kept = again(row).has_password
    refused = client.post(edit, sent | {"password": "short"})
    client.post(edit, sent | {"password": OTHER})
    changed = again(row).wrapped_password
    client.post(edit, sent | {"no_password": "on"})

    assert (kept, again(row).has_password) == (True, False)
    assert changed != row.wrapped_password
    assert list(refused.context["form"].errors) == ["password"]
    assert 'value="short"' not in refused.content.decode()
