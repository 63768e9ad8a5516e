"""Webhooks over the API: the secret is shown once, every act is audited."""

import json
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import AuditEvent
from exports import outbox
from exports.models import IdempotencyRecord, Webhook
from exports.states import Event
from tests import make
from tests.exports.views.asking import client, error
from tests.exports.webhooks_made import secret_of, webhook

pytestmark = pytest.mark.django_db(transaction=True)
URL = "https://hooks.example.com/kyb"


@pytest.fixture(autouse=True)
def theirs():
    """Whose webhook nobody else sees."""
    return webhook(make.business("business_theirs"))[0]


@pytest.fixture
def caller(mine):
    return client(mine, scopes=["webhooks:write"])


def create(caller, **body):
    wanted = {"business_id": "business_mine", "url": URL} | body
    return caller.post("/v1/webhooks", wanted, format="json")


def deeds() -> list[str]:
    events = AuditEvent.objects.filter(
        business_id="business_mine", object_type="webhook"
    )
    return list(events.order_by("at", "id").values_list("action", flat=True))


def test_webhook_is_made_with_a_secret_that_is_shown_once(caller):
    answer = create(
        caller, events=["export.failed"], description="ops", contact="a@b.co"
    )

    made = Webhook.objects.get(business_id="business_mine")
    shown = answer.json()
    assert (answer.status_code, answer["Location"]) == (
        201,
        f"/v1/webhooks/{made.webhook_id}",
    )
    secret = shown.pop("secret")
    assert secret == secret_of(made)
    assert shown == {
        "webhook_id": made.webhook_id,
        "business_id": "business_mine",
        "url": URL,
        "events": ["export.failed"],
        "description": "ops",
        "contact": "a@b.co",
        "status": "active",
        "disabled_for": "",
        "overlap_until": None,
        "succeeded_at": None,
        "created_at": made.created_at.isoformat(timespec="microseconds"),
        "updated_at": made.created_at.isoformat(timespec="microseconds"),
    }
    read = caller.get(answer["Location"])
    assert read.json() == shown
    assert secret not in caller.get("/v1/webhooks").content.decode()
    assert deeds() == ["webhook.created"]


def test_webhook_listens_to_everything_unless_told(caller):
    assert create(caller).json()["events"] == [
        *("export.completed", "export.failed", "export.cancelled"),
        *("export.expired", "batch.completed", "schedule.paused"),
    ]


def test_secret_is_nowhere_in_the_clear(caller, tmp_path):
    secret = create(caller).json()["secret"].removeprefix("whsec_")

    rows = [*Webhook.objects.values(), *AuditEvent.objects.values()]
    rows += [*IdempotencyRecord.objects.values()]
    assert [row for row in rows if secret in json.dumps(row, default=str)] == []


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"url": None}, ["url"]),
        ({"url": 7}, ["url"]),
        ({"url": "http://hooks.example.com/"}, ["url"]),
        ({"url": "https://127.0.0.1/"}, ["url"]),
        ({"events": []}, ["events"]),
        ({"events": ["export.started"]}, ["events"]),
        ({"events": [["export.failed"]]}, ["events"]),
        ({"events": ["webhook.test"]}, ["events"]),
        ({"description": "x" * 201}, ["description"]),
        ({"contact": "nobody"}, ["contact"]),
        ({"contact": "a@b.co\nBcc: c@d.co"}, ["contact"]),
        ({"secret": "x"}, ["secret"]),
        ({"business_id": None}, ["business_id"]),
        ({"business_id": 7}, ["business_id"]),
        ({"url": "x", "contact": "y"}, ["url", "contact"]),
    ],
)
def test_what_is_wrong_with_a_webhook_is_named(caller, wrong, fields):
    answer = create(caller, **wrong)

    assert error(answer) == (400, "VALIDATION_ERROR", fields)
    assert Webhook.objects.filter(business_id="business_mine").count() == 0


@pytest.mark.parametrize("body", [[], "x", None])
def test_body_that_is_no_object_is_refused(caller, body):
    answer = caller.generic(
        "POST", "/v1/webhooks", json.dumps(body), "application/json"
    )

    assert error(answer) == (400, "VALIDATION_ERROR", ["body"])


def test_business_may_have_so_many_and_no_more(caller, settings):
    settings.EXPORTS = settings.EXPORTS | {"MAX_WEBHOOKS_PER_BUSINESS": 1}
    create(caller)

    assert create(caller).status_code == 409


def test_key_without_the_scope_may_not_see_or_change(mine):
    made, _ = webhook(mine)
    caller = client(mine, scopes=["exports:read", "exports:write"])
    address = f"/v1/webhooks/{made.webhook_id}"

    answers = [
        caller.get("/v1/webhooks"),
        caller.get("/v1/webhooks?business_id=business_mine"),
        create(caller),
        caller.get(address),
        caller.patch(address, {}, format="json"),
        caller.delete(address),
        caller.post(f"{address}/test"),
        caller.post(f"{address}/rotate"),
        caller.get(f"{address}/deliveries"),
    ]

    assert {answer.status_code for answer in answers} == {403}


def test_list_is_of_the_callers_businesses_newest_first(caller, mine):
    names = [create(caller).json()["webhook_id"] for _ in range(3)]

    answer = caller.get("/v1/webhooks?limit=2")

    listed = answer.json()
    assert [each["webhook_id"] for each in listed["webhooks"]] == names[:0:-1]
    assert (listed["total_count"], listed["limit"], listed["offset"]) == (3, 2, 0)
    assert answer["Link"] == '</v1/webhooks?limit=2&offset=2>; rel="next"'


@contextmanager
def queries():
    with CaptureQueriesContext(connection) as found:
        yield found


def test_list_asks_no_more_with_more_rows(caller, mine):
    counts = []
    for _ in range(2):
        create(caller)
        create(caller)
        with queries() as found:
            caller.get("/v1/webhooks")
        counts.append(len(found))

    assert counts[0] == counts[1]


def event(of) -> None:
    now = timezone.now()
    outbox.publish(Event.COMPLETED, business_id=of.id, data={}, now=now)


def test_same_key_gives_the_same_webhook_without_its_secret(caller):
    body = {"business_id": "business_mine", "url": URL}
    options = {"format": "json", "HTTP_IDEMPOTENCY_KEY": "one"}

    first = caller.post("/v1/webhooks", body, **options)
    second = caller.post("/v1/webhooks", body, **options)

    assert second["Idempotent-Replayed"] == "true"
    assert second.json() == first.json() | {"secret": None}
    assert Webhook.objects.filter(business_id="business_mine").count() == 1


def unanswered() -> None:
    """As if the process had been killed between its commit and its answer."""
    IdempotencyRecord.objects.update(status=None, body=None, headers={})


def test_webhook_whose_maker_was_killed_is_found_by_its_key(caller):
    body = {"business_id": "business_mine", "url": URL}
    options = {"format": "json", "HTTP_IDEMPOTENCY_KEY": "one"}
    first = caller.post("/v1/webhooks", body, **options)
    unanswered()

    second = caller.post("/v1/webhooks", body, **options)

    assert second.json() == first.json() | {"secret": None}
    Webhook.objects.filter(business_id="business_mine").delete()
    unanswered()
    assert caller.post("/v1/webhooks", body, **options).status_code == 404


def test_body_that_holds_a_secret_is_refused(caller):
    secret = create(caller).json()["secret"]

    answer = create(caller, description=f"the secret is {secret}")

    assert error(answer) == (400, "VALIDATION_ERROR", ["description"])
    assert secret not in answer.content.decode()
