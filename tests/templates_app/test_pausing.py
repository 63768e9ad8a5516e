"""A schedule that pauses itself tells the webhooks of its business, and its owner."""

import pytest
from django.utils import translation

from customers import keys
from customers.authentication import actor_for_user
from exports.models import Delivery
from exports.states import JobStatus
from templates_app import schedule_changes
from tests import make
from tests.exports.webhooks_made import told, webhook
from tests.templates_app.schedules_made import (
    HOUR,
    NOON,
    beat,
    body,
    end_jobs,
    key,
    schedule,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(settings):
    settings.EXPORTS = settings.EXPORTS | {"SCHEDULE_MAX_FAILURES": 1}
    webhook(make.business("business_other"), events=["schedule.paused"])
    return make.business("business_mine")


def fail() -> None:
    beat(NOON + HOUR)
    end_jobs(JobStatus.FAILED)
    beat(NOON + HOUR + HOUR / 60)


def test_webhook_and_owner_are_told(mine):
    hook, _ = webhook(mine, events=["schedule.paused"])
    owner = make.staff(of=mine)
    wanted = body(mine, name="Each hour")
    schedule_changes.create(wanted, actor=actor_for_user(owner), now=NOON)

    fail()

    assert sorted(told(mine)) == sorted(
        [("schedule.paused", str(hook.pk)), ("schedule.paused", owner.email)]
    )
    mail = Delivery.objects.get(target=owner.email)
    assert (mail.payload["name"], mail.payload["reason"]) == (
        "Each hour",
        "1 runs in a row have failed",
    )
    assert told(make.business("business_other")) == []


@pytest.mark.parametrize(
    ("made_in", "installed", "written_in"),
    [("de", "en", "de"), ("en", "de", "de"), ("en", "en", "en"), ("fr", "en", "en")],
)
def test_owner_reads_it_in_the_language_it_was_made_in(
    mine, settings, made_in, installed, written_in
):
    settings.EXPORTS = settings.EXPORTS | {"MAIL_LANGUAGE": installed}
    owner = make.staff(of=mine)
    with translation.override(made_in):
        schedule_changes.create(body(mine), actor=actor_for_user(owner), now=NOON)

    fail()

    mail = Delivery.objects.get(target=owner.email)
    assert (mail.language, mail.payload["failures"]) == (written_in, 1)


@pytest.mark.parametrize("owner_leaves", [False, True])
def test_those_who_wait_for_its_files_are_told_once(mine, owner_leaves):
    owner = make.staff(of=mine)
    named = [{"address": "ops@example.com", "language": "de"}, owner.email.upper()]
    export = body(mine)["export"] | {"notify": {"email": named}}
    wanted = body(mine, export=export)
    schedule_changes.create(wanted, actor=actor_for_user(owner), now=NOON)
    if owner_leaves:
        type(owner).objects.update(is_active=False)

    fail()

    mails = Delivery.objects.filter(event="schedule.paused")
    assert sorted(mails.values_list("target", "language")) == [
        (owner.email.upper(), "en"),
        ("ops@example.com", "de"),
    ]


def test_those_who_wait_are_told_of_a_run_that_came_to_no_job(mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"SCHEDULE_MAX_FAILURES": 5}
    owner = key(mine)
    export = body(mine)["export"] | {"notify": {"email": ["ops@example.com"]}}
    made = schedule(mine, owner=owner, export=export)
    keys.revoke(owner, actor=make.SYSTEM, now=NOON)

    beat(NOON + HOUR, NOON + 2 * HOUR)

    mails = Delivery.objects.filter(business=mine)
    assert [(mail.event, mail.target) for mail in mails] == [
        ("schedule.run_failed", "ops@example.com")
    ] * 2
    assert mails[0].payload == {
        "schedule_id": made.schedule_id,
        "name": "Hourly",
        "reason": "the API key 'test key' that owns this schedule was revoked:"
        " somebody else can take it over",
        "code": "FORBIDDEN",
    }


def test_owner_who_has_left_is_not_told(mine):
    owner = make.staff(of=mine)
    schedule_changes.create(body(mine), actor=actor_for_user(owner), now=NOON)
    owner.is_active = False
    owner.save()

    fail()

    assert told(mine) == []
