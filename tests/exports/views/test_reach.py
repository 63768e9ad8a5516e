"""A role for all businesses yields to one of its own, in lists as on single things."""

import pytest

from customers.models import Membership
from tests import make
from tests.exports.destinations_made import bucket_body, destination
from tests.exports.views.asking import signed_in
from tests.exports.webhooks_made import webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen():
    return make.business("business_seen")


@pytest.fixture
def other():
    return make.business("business_other")


@pytest.fixture
def caller(seen):
    """A manager everywhere, but in one business, where they may look at exports."""
    user = make.staff("manager", everywhere=True)
    Membership.objects.create(user=user, business=seen, role="viewer")
    return signed_in(user)


def test_webhooks_of_the_business_with_the_weaker_role_are_not_listed(
    caller, seen, other
):
    hidden, (shown, _) = webhook(seen)[0], webhook(other)

    answer = caller.get("/v1/webhooks")

    listed = [each["webhook_id"] for each in answer.json()["webhooks"]]
    assert listed == [shown.webhook_id]
    assert caller.get(f"/v1/webhooks/{hidden.webhook_id}").status_code == 403


def test_destinations_of_the_business_with_the_weaker_role_are_not_listed(
    caller, seen, other
):
    destination(bucket_body(seen))
    shown = destination(bucket_body(other))

    answer = caller.get("/v1/export/destinations")

    listed = [each["destination_id"] for each in answer.json()["destinations"]]
    assert listed == [shown.destination_id]


def test_exports_of_both_are_counted(caller, seen, other):
    for each in (seen, other):
        assert caller.get("/v1/export/analytics").status_code == 200
        wanted = {"business_id": each.id}
        assert caller.get("/v1/export/audit", wanted).status_code == 200
