"""A job's end reaches receivers that are down, slow, broken, busy or gone; and mail."""

import re
from contextlib import ExitStack, contextmanager
from email import message_from_bytes, policy

import pytest
import requests
from standardwebhooks import Webhook

from tests.exports.delivery.mailing import part, subject_of
from tests.exports.delivery.receiving import receiver
from tests.journeys.clients import Client
from tests.journeys.programs import eventually
from tests.services.processes import free_port

pytestmark = pytest.mark.journey
FAULTS = {
    "slow": ["drip", 200],
    "broken": [500, 500, 200],
    "breaks off": ["break off", "half", 200],
    "busy": [(429, {"Retry-After": "1"}), 200],
    "redirects": [(307, {"Location": "http://127.0.0.1:1/"}), 204],
    "gone": [410, 200],
}
BUSINESS = "hooked"


@pytest.fixture(scope="module")
def hooked(stack) -> Client:
    stack.manage("create_business", BUSINESS)
    return Client(stack.url, stack.key(BUSINESS), BUSINESS)


@contextmanager
def webhook(client: Client, url: str, **fields):
    """One, as it was answered, for as long as it is wanted."""
    body = {"business_id": BUSINESS, "url": url} | fields
    made = client.call("POST", "/v1/webhooks", json=body).json()
    address = f"/v1/webhooks/{made['webhook_id']}"
    try:
        yield made | {"address": address}
    finally:
        assert client.call("DELETE", address).status_code == 204


def over(client: Client, made: dict, *, count: int = 1) -> list[dict]:
    """The deliveries to a webhook, once so many have ended."""

    def look() -> list[dict] | None:
        listed = client.call("GET", f"{made['address']}/deliveries").json()
        found = listed["deliveries"]
        ended = [each for each in found if each["ended_at"]]
        return found if len(ended) >= count else None

    return eventually(look, seconds=60, what=f"deliveries to {made['url']}")


def test_every_receiver_learns_of_the_end_with_one_id(hooked):
    with ExitStack() as parts:
        there = {name: parts.enter_context(receiver(*FAULTS[name])) for name in FAULTS}
        made = {
            name: parts.enter_context(
                webhook(hooked, each.url, events=["export.completed"])
            )
            for name, each in there.items()
        }

        export = hooked.run({"format": "csv"})
        told = {name: over(hooked, made[name]) for name in FAULTS}

        states = {name: each[0]["state"] for name, each in told.items()}
        assert states == dict.fromkeys(FAULTS, "delivered") | {"gone": "failed"}
        assert {name: len(each.received) for name, each in there.items()} == (
            {name: len(answers) for name, answers in FAULTS.items()} | {"gone": 1}
        )
        ids = [id_ for each in there.values() for id_ in each.ids]
        assert set(ids) == {told["slow"][0]["message_id"]}
        for name, each in there.items():
            for got in each.received:
                body = Webhook(made[name]["secret"]).verify(got.body, got.headers)
                assert body["data"]["export_id"] == export["export_id"]
        shown = hooked.call("GET", made["gone"]["address"]).json()
        assert (shown["status"], shown["disabled_for"]) == (
            "disabled",
            "the receiver says that it is gone (410)",
        )


def test_receiver_that_is_down_learns_of_it_when_it_is_back(hooked):
    port = free_port()
    with webhook(hooked, f"http://127.0.0.1:{port}/hook") as made:
        hooked.run({"format": "csv"})
        deliveries = f"{made['address']}/deliveries"

        def was_refused() -> bool:
            [sent] = hooked.call("GET", deliveries).json()["deliveries"]
            errors = [each["error"] for each in sent["attempts"]]
            return errors[:1] == ["the connection was refused"]

        eventually(was_refused, seconds=60, what="an attempt that was refused")
        with receiver(200, port=port) as there:
            [sent] = over(hooked, made)

    assert (sent["state"], there.ids) == ("delivered", [sent["message_id"]])


def test_other_businesses_hear_nothing(hooked, charlie):
    with receiver(200) as there, webhook(hooked, there.url) as made:
        charlie.run({"format": "csv", "max_rows": 5})
        export = hooked.run({"format": "csv"})
        over(hooked, made)

    [got] = there.received
    assert export["export_id"].encode() in got.body


def test_end_of_a_batch_and_of_a_cancelled_job_are_told(hooked):
    items = [{"export_type": "verifications", "format": "csv"}] * 2
    events = ["batch.completed", "export.cancelled"]
    with receiver(200) as there, webhook(hooked, there.url, events=events) as made:
        batch = {"business_id": BUSINESS, "exports": items}
        hooked.call("POST", "/v1/export/batches", json=batch)

        [sent] = over(hooked, made)

    assert sent["payload"]["data"]["status"] == "completed"
    assert len(there.received) == 1


def test_test_and_redelivery_arrive(hooked):
    with receiver(200) as there, webhook(hooked, there.url) as made:
        hooked.call("POST", f"{made['address']}/test", json={})
        [sent] = over(hooked, made)
        again = f"{made['address']}/deliveries/{sent['delivery_id']}/redeliver"
        hooked.call("POST", again, json={})

        eventually(lambda: len(there.received) == 2, seconds=60, what="both")

    assert there.ids == [sent["message_id"]] * 2


def test_mail_leads_to_the_file(stack, hooked):
    export = hooked.run({"format": "csv", "notify": {"email": ["ops@example.com"]}})

    def arrived() -> list:
        found = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in (stack.var / "mail").glob("*.log")
        ]
        return [mail for mail in found if "ops@example.com" in str(mail["To"])]

    [mail] = eventually(arrived, seconds=60, what="the mail")
    [link] = re.findall(r"^http\S+", part(mail, "plain"), re.MULTILINE)
    assert subject_of(mail).startswith("Export verifications (csv) is ready")
    assert export["export_id"] in link
    assert requests.get(link, timeout=30).status_code == 200
