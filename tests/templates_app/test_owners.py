"""Whose rights a run has: those of its owner, as they are when it is due."""

from datetime import timedelta

import pytest

from customers import keys
from customers.authentication import actor_for_key, actor_for_user
from customers.models import Membership
from exports.errors import Forbidden
from templates_app import schedule_changes, schedules
from tests import make
from tests.templates_app.schedules_made import (
    HOUR,
    NOON,
    SCOPES,
    again,
    beat,
    body,
    fired,
    key,
    run_of,
    schedule,
)

pytestmark = pytest.mark.django_db
PERSONAL = {"export_type": "user_data", "format": "csv", "columns": ["id", "email"]}


def revoked(owner):
    keys.revoke(owner, actor=make.SYSTEM, now=NOON)


def expired(owner):
    owner.expires_at = NOON + HOUR
    owner.save()


def moved(owner):
    owner.businesses.set([make.business("business_other")])


def deleted(owner):
    owner.delete()


def shorn(owner):
    owner.scopes = ["exports:read"]
    owner.save()


@pytest.mark.parametrize(
    ("loses", "said"),
    [
        (revoked, "the API key 'test key' that owns this schedule was revoked"),
        (expired, "the API key 'test key' that owns this schedule has expired"),
        (
            moved,
            (
                "the API key 'test key' that owns this schedule"
                " no longer has access to the business"
            ),
        ),
        (deleted, "the API key 'test key' that owns this schedule is gone"),
        (shorn, "this needs the scope exports:write"),
    ],
)
def test_run_of_a_key_that_lost_its_rights_fails_and_counts(mine, loses, said):
    owner = key(mine)
    of = schedule(mine, owner=owner)

    loses(owner)
    beat(NOON + HOUR)

    run = run_of(of)
    assert (run.status, run.job, run.reason_code) == ("failed", None, "FORBIDDEN")
    assert run.reason.partition(":")[0] == said.partition(":")[0]
    assert again(of).failures == 1


def closed(user):
    user.is_active = False
    user.save()


def left(user):
    user.memberships.all().delete()
    Membership.objects.create(
        user=user, business=make.business("business_other"), role="manager"
    )


@pytest.mark.parametrize(
    ("loses", "why"),
    [
        (closed, "is closed"),
        (left, "no longer has access to the business"),
        (lambda user: user.delete(), "is gone"),
    ],
)
def test_run_of_an_account_that_lost_its_rights_fails(mine, loses, why):
    user = make.staff("manager", mine)
    of = schedule_changes.create(body(mine), actor=actor_for_user(user), now=NOON)
    name = user.username

    loses(user)
    beat(NOON + HOUR)

    assert run_of(of).reason == (
        f"the account '{name}' that owns this schedule {why}:"
        " somebody else can take it over"
    )


def test_lost_clearance_is_lost_for_the_next_run(mine):
    owner = key(mine, scopes=(*SCOPES, "pii:read"))
    of = schedule(mine, owner=owner, export=PERSONAL)

    beat(NOON + HOUR)
    owner.scopes = list(SCOPES)
    owner.save()
    beat(NOON + 2 * HOUR)

    assert [status for _, status in fired(of)] == ["running", "failed"]
    assert "email" in run_of(of).reason


def test_five_failures_for_lost_rights_pause_it(mine):
    owner = key(mine)
    of = schedule(mine, owner=owner)
    revoked(owner)

    beat(*(NOON + hours * HOUR for hours in range(1, 9)))

    assert [status for _, status in fired(of)] == ["failed"] * 5
    assert again(of).paused_reason == "failures"


def test_whoever_takes_over_gives_it_their_rights(mine):
    owner = key(mine)
    of = schedule(mine, owner=owner)
    revoked(owner)
    other = actor_for_key(key(mine, name="another"))

    schedule_changes.amend(of.schedule_id, {"take_over": True}, actor=other, now=NOON)
    beat(NOON + HOUR)

    assert fired(of) == [("02T13:00", "running")]
    assert run_of(of).job.actor_label == "another"


def test_nobody_makes_anothers_rights_export_what_they_may_not_see(mine):
    owner = key(mine, scopes=(*SCOPES, "pii:read"))
    of = schedule(mine, owner=owner)
    lesser = actor_for_key(key(mine))

    with pytest.raises(Forbidden) as refused:
        schedule_changes.amend(
            of.schedule_id, {"export": PERSONAL}, actor=lesser, now=NOON
        )

    assert "email" in refused.value.message
    assert again(of).owner_label == owner.name


def test_to_pause_needs_no_right_to_what_is_exported(mine):
    owner = key(mine, scopes=(*SCOPES, "pii:read"))
    of = schedule(mine, owner=owner, export=PERSONAL)
    lesser = actor_for_key(key(mine))

    row = schedule_changes.amend(
        of.schedule_id, {"paused": True}, actor=lesser, now=NOON
    )

    assert (row.paused_reason, row.owner_id) == ("by_request", of.owner_id)


def test_run_now_is_refused_for_what_the_owner_lost(mine):
    owner = key(mine)
    of = schedule(mine, owner=owner)
    revoked(owner)

    with pytest.raises(Forbidden):
        schedules.run_now(
            of, actor=actor_for_key(key(mine)), now=NOON + timedelta(minutes=1)
        )

    assert fired(of) == []
