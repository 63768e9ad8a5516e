"""Rights are asked for again when a job runs: its file leaves to others by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers import keys
from customers.authentication import actor_for_key, actor_for_user
from customers.models import Membership
from exports import jobs, runs
from exports.models import Delivery, ExportFile, ExportJob, Mode
from tests import make
from tests.exports.pipeline.query.asking import query_role
from tests.exports.stored import mine_and_another, storage, stored
from tests.exports.views.asking import BOTH

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
__all__ = ["query_role"]
SCOPES = ("exports:write", "exports:read", "custom_query", "pii:read")


@pytest.fixture
def mine(settings, tmp_path):
    storage(settings, tmp_path)
    return mine_and_another(verifications=2)


def waiting(of, actor, **spec) -> ExportJob:
    basic = {"business_id": of.id, "format": "csv", "max_rows": 10}
    named = {"export_type": "verifications", "notify": {"email": ["a@example.com"]}}
    payload = basic | named | spec
    now = timezone.now()
    return jobs.request_export(payload, actor=actor, now=now, mode=Mode.BACKGROUND)


def worked() -> ExportJob:
    runs.work("interactive", worker="w1")
    return ExportJob.objects.get()


def revoke(key):
    keys.revoke(key, actor=make.SYSTEM, now=timezone.now())


def expire(key):
    key.expires_at = timezone.now() - timedelta(seconds=1)
    key.save()


def move(key):
    key.businesses.set([make.business("business_other")])


def shear(key):
    key.scopes = ["exports:read"]
    key.save()


def dim(key):
    """What it may do stays; what it sees does not."""
    key.scopes = ["exports:write", "exports:read"]
    key.save()


@pytest.mark.parametrize("loses", [revoke, expire, move, shear, dim])
def test_job_of_a_key_that_lost_its_rights_makes_no_file(mine, loses):
    key, _ = make.api_key(mine, scopes=SCOPES)
    waiting(mine, actor_for_key(key))

    loses(key)
    done = worked()

    assert (done.status, done.error_code) == ("failed", "FORBIDDEN")
    assert (ExportFile.objects.count(), stored()) == (0, [])
    assert [each.event for each in Delivery.objects.all()] == ["export.failed"]


@pytest.mark.usefixtures("query_role")
def test_job_of_a_key_that_may_write_no_queries_any_more_makes_no_file(mine):
    key, _ = make.api_key(mine, scopes=SCOPES)
    asked = {"export_type": "custom", "custom_query": "SELECT id FROM verifications"}
    waiting(mine, actor_for_key(key), **asked)

    key.scopes = ["exports:write", "exports:read", "pii:read"]
    key.save()

    assert worked().error_code == "FORBIDDEN"


def close(user):
    user.is_active = False
    user.save()


def demote(user):
    user.memberships.update(role=Membership.Role.VIEWER)


def lower(user):
    user.memberships.update(role=Membership.Role.OPERATOR)


@pytest.mark.parametrize(
    "loses", [close, demote, lower, lambda user: user.memberships.all().delete()]
)
def test_job_of_an_account_that_lost_its_rights_makes_no_file(mine, loses):
    user = make.staff("manager", mine)
    waiting(mine, actor_for_user(user))

    loses(user)
    done = worked()

    assert (done.status, done.error_code) == ("failed", "FORBIDDEN")
    assert (ExportFile.objects.count(), stored()) == (0, [])


@pytest.mark.parametrize("other", ["key", "staff"])
def test_what_others_lose_stops_nobody(mine, other):
    key, _ = make.api_key(mine, scopes=SCOPES)
    waiting(mine, actor_for_key(key))

    keys.rotate(key, actor=make.SYSTEM, now=timezone.now())
    if other == "key":
        revoke(make.api_key(mine, scopes=SCOPES)[0])
    else:
        close(make.staff("manager", mine))

    assert (worked().status, ExportFile.objects.get().row_count) == ("completed", 2)


def test_job_of_the_service_itself_asks_for_nobody(mine):
    waiting(mine, make.SYSTEM)

    assert worked().status == "completed"
