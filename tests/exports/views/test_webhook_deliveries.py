"""What was sent to a webhook, over the API: tests, the log, redelivery."""

import json

import pytest

from exports.delivery import deliveries
from exports.models import Delivery
from tests.exports.delivery.conftest import development
from tests.exports.delivery.receiving import receiver
from tests.exports.views.test_webhooks import (
    caller,
    create,
    deeds,
    event,
    queries,
    theirs,
    unanswered,
)

__all__ = ["caller", "development", "theirs"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("development")
def test_test_is_sent_and_its_delivery_says_how_it_went(caller):
    with receiver(418) as there:
        made = create(caller, url=there.url, events=["export.failed"]).json()
        sent = caller.post(f"/v1/webhooks/{made['webhook_id']}/test")
        deliveries.deliver_due()

    shown = caller.get(sent["Location"]).json()
    assert (sent.status_code, sent.json()["state"]) == (202, "pending")
    assert (shown["event"], shown["state"]) == ("webhook.test", "failed")
    [attempt] = shown["attempts"]
    assert (attempt["number"], attempt["status"], attempt["error"]) == (
        1,
        418,
        "the receiver answered 418",
    )
    body = json.loads(there.received[0].body)
    assert (body["type"], body["data"]) == (
        "webhook.test",
        {"business_id": "business_mine", "webhook_id": made["webhook_id"]},
    )
    assert there.ids == [shown["message_id"]]
    assert deeds() == ["webhook.created", "webhook.tested"]


@pytest.mark.usefixtures("development")
def test_delivery_is_sent_once_more(caller, mine):
    with receiver(410, 200) as there:
        made = create(caller, url=there.url).json()
        address = f"/v1/webhooks/{made['webhook_id']}"
        event(mine)
        pending = caller.get(f"{address}/deliveries").json()["deliveries"][0]
        again = f"{address}/deliveries/{pending['delivery_id']}/redeliver"
        assert caller.post(again).status_code == 409
        deliveries.deliver_due()
        assert caller.post(again).status_code == 409
        caller.patch(address, {"status": "active"}, format="json")
        sent = caller.post(again)
        deliveries.deliver_due()

    shown = caller.get(sent["Location"]).json()
    assert (sent.status_code, shown["state"], shown["next_attempt_at"]) == (
        202,
        "delivered",
        None,
    )
    assert [each["status"] for each in shown["attempts"]] == [410, 200]
    assert there.ids == [pending["message_id"]] * 2


def test_deliveries_are_listed_newest_first_with_their_attempts(caller, mine):
    made = create(caller).json()
    for _ in range(3):
        event(mine)
    address = f"/v1/webhooks/{made['webhook_id']}/deliveries"

    listed = caller.get(f"{address}?limit=2&offset=1").json()

    rows = list(Delivery.objects.newest_first())
    assert [each["delivery_id"] for each in listed["deliveries"]] == [
        row.delivery_id for row in rows[1:]
    ]
    assert listed["total_count"] == 3
    assert listed["deliveries"][0]["next_attempt_at"] == rows[1].due_at.isoformat(
        timespec="microseconds"
    )


def test_log_asks_no_more_with_more_rows(caller, mine):
    made = create(caller).json()
    counts = []
    for _ in range(2):
        event(mine)
        with queries() as found:
            caller.get(f"/v1/webhooks/{made['webhook_id']}/deliveries")
        counts.append(len(found))

    assert counts[0] == counts[1]


def test_delivery_of_another_webhook_is_not_there(caller, mine):
    made = create(caller).json()
    event(mine)
    own = Delivery.objects.get()
    other = create(caller).json()

    for webhook_id in (other["webhook_id"], "whk_1"):
        address = f"/v1/webhooks/{webhook_id}/deliveries/{own.delivery_id}"
        assert caller.get(address).status_code == 404
    mistaken = f"/v1/webhooks/{made['webhook_id']}/deliveries/{made['webhook_id']}"
    assert caller.get(mistaken).status_code == 404


def test_test_whose_maker_was_killed_is_found_by_its_key(caller):
    made = create(caller).json()
    address = f"/v1/webhooks/{made['webhook_id']}/test"
    first = caller.post(address, HTTP_IDEMPOTENCY_KEY="one")
    unanswered()

    second = caller.post(address, HTTP_IDEMPOTENCY_KEY="one")

    assert (second.status_code, second.json()) == (202, first.json())
