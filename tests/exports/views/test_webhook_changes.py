"""Webhooks are changed, disabled, rotated and deleted over the API."""

import pytest

from exports.models import Delivery, Webhook
from tests.exports.views.asking import error
from tests.exports.views.test_webhooks import caller, create, deeds, event, theirs
from tests.exports.webhooks_made import secret_of

__all__ = ["caller", "theirs"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_change_leaves_what_is_not_named(caller):
    made = create(caller, description="ops", events=["export.failed"]).json()
    address = f"/v1/webhooks/{made['webhook_id']}"

    changed = caller.patch(address, {"description": None}, format="json").json()

    same = {name: made[name] for name in made if name not in {"secret", "updated_at"}}
    assert changed == same | {"description": "", "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > made["updated_at"]
    caller.patch(address, {"description": ""}, format="json")
    assert deeds() == ["webhook.created", "webhook.changed"]


def test_events_that_are_null_are_all_again(caller):
    made = create(caller, events=["export.failed"]).json()

    changed = caller.patch(
        f"/v1/webhooks/{made['webhook_id']}", {"events": None}, format="json"
    )

    assert len(changed.json()["events"]) == 6


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"url": None}, ["url"]),
        ({"url": "https://[::1]/"}, ["url"]),
        ({"status": "asleep"}, ["status"]),
        ({"business_id": "business_mine"}, ["business_id"]),
    ],
)
def test_change_that_is_wrong_is_refused(caller, wrong, fields):
    made = create(caller).json()

    answer = caller.patch(f"/v1/webhooks/{made['webhook_id']}", wrong, format="json")

    assert error(answer) == (400, "VALIDATION_ERROR", fields)


def test_disabling_ends_what_waits_and_enabling_does_not_bring_it_back(caller, mine):
    made = create(caller, contact="a@b.co").json()
    address = f"/v1/webhooks/{made['webhook_id']}"
    event(mine)

    off = caller.patch(address, {"status": "disabled"}, format="json").json()
    event(mine)
    on = caller.patch(address, {"status": "active"}, format="json").json()

    assert (off["status"], off["disabled_for"]) == ("disabled", "somebody disabled it")
    assert (on["status"], on["disabled_for"]) == ("active", "")
    assert list(Delivery.objects.values_list("channel", "state")) == [
        ("webhook", "failed")
    ]
    assert deeds() == ["webhook.created", "webhook.disabled", "webhook.changed"]


def test_rotation_gives_a_new_secret_and_says_how_long_the_old_one_signs(caller):
    made = create(caller).json()
    address = f"/v1/webhooks/{made['webhook_id']}"

    rotated = caller.post(f"{address}/rotate").json()

    row = Webhook.objects.get(business_id="business_mine")
    assert rotated["secret"] == secret_of(row) != made["secret"]
    overlap = row.overlap_until - row.updated_at
    assert (overlap.total_seconds(), rotated["overlap_until"]) == (
        86_400,
        row.overlap_until.isoformat(timespec="microseconds"),
    )
    assert deeds() == ["webhook.created", "webhook.rotated"]


def test_deleted_webhook_is_gone_with_its_log(caller, mine):
    made = create(caller).json()
    event(mine)

    answer = caller.delete(f"/v1/webhooks/{made['webhook_id']}")

    assert (answer.status_code, Delivery.objects.count()) == (204, 0)
    assert caller.get(f"/v1/webhooks/{made['webhook_id']}").status_code == 404
    assert deeds() == ["webhook.created", "webhook.deleted"]
