"""Webhooks in the admin: made with a secret that is shown once, tested, sent again."""

import logging

import pytest
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.urls import reverse

from customers.models import AuditEvent
from exports.delivery import deliveries
from exports.models import Delivery, Webhook
from exports.states import DeliveryState
from tests import make
from tests.customers.admin.asking import act, at_admin, listed, page
from tests.exports.delivery.receiving import LOCAL, receiver
from tests.exports.webhooks_made import secret_of, webhook

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
ACTS = ("test", "rotate", "enable", "disable", "delete")
URL = "https://hooks.example.com/kyb?token=shy"


@pytest.fixture
def development(settings):
    settings.EXPORTS = settings.EXPORTS | {
        "WEBHOOK_NETWORKS": LOCAL,
        "WEBHOOK_ALLOW_HTTP": True,
    }


def edit(row):
    return reverse("admin:exports_webhook_edit", args=[row.pk])


def again(row, delivery):
    return reverse("admin:webhook_redeliver", args=[row.pk, delivery.delivery_id])


def shown(client, row):
    return client.get(page(Webhook, "change", row.pk)).content.decode()


def form(**values):
    basic = {
        "business": "business_mine",
        "url": URL,
        "events": ["export.completed", "export.failed"],
        "description": "the CRM",
        "contact": "",
    }
    return basic | values


def deeds(row):
    events = AuditEvent.objects.filter(object_id=row.webhook_id).order_by("at", "id")
    return [(event.action, event.actor_kind) for event in events]


def said(answer):
    return [str(each) for each in get_messages(answer.wsgi_request)]


def test_webhook_is_made_and_its_secret_shown_this_once(mine, caplog):
    caplog.set_level(logging.DEBUG)
    client = at_admin("manager", mine)

    answer = client.post(page(Webhook, "add"), form())

    row = Webhook.objects.get()
    secret = secret_of(row)
    assert answer.content.decode().count(secret) == 1
    assert "no-store" in answer.headers["Cache-Control"]
    assert (row.url, row.events) == (URL, ["export.completed", "export.failed"])
    assert (row.business_id, row.contact) == ("business_mine", "")
    assert deeds(row) == [("webhook.created", "staff")]
    later = [client.get(page(Webhook, "changelist")), client.get(edit(row))]
    later.append(client.get(page(Webhook, "change", row.pk)))
    kept = [str(event.details) for event in AuditEvent.objects.all()]
    kept += [str(each.get_decoded()) for each in Session.objects.all()]
    texts = [*kept, caplog.text, *(each.content.decode() for each in later)]
    assert [text for text in texts if secret in text] == []


def test_rotation_shows_the_new_secret_once_after_a_question(mine):
    row, old = webhook(mine)
    client = at_admin("manager", mine)

    asked = client.get(act(row, "rotate")).content.decode()
    answer = client.post(act(row, "rotate"))

    row.refresh_from_db()
    new = secret_of(row)
    assert (new == old, answer.content.decode().count(new)) == (False, 1)
    assert old not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert "signing for a day" in asked
    assert "The old secret signs until" in shown(client, row)
    assert deeds(row)[1:] == [("webhook.rotated", "staff")]


def test_test_is_delivered_and_told_with_its_attempt(mine, development):
    with receiver(204) as to:
        row, _secret = webhook(mine, to.url)
        other, _secret = webhook(make.business("business_other"), to.url)
        client = at_admin("manager", mine)

        answer = client.post(act(row, "test"))
        before = shown(client, row)
        deliveries.deliver_due()

    [sent] = Delivery.objects.filter(webhook=row)
    told = shown(client, row)
    assert said(answer) == ["The test is on its way: the log shows what became of it."]
    assert [each.headers["webhook-id"] for each in to.received] == [sent.message_id]
    assert ("data-fresh" in before, "data-fresh" in told) == (True, False)
    assert sent.message_id in told
    assert "204 arrived" in " ".join(told.split())
    assert Delivery.objects.filter(webhook=other).count() == 0


def test_delivery_that_failed_is_sent_again_with_its_id(mine, development):
    with receiver(410, 204) as to:
        row, _secret = webhook(mine, to.url)
        client = at_admin("manager", mine)
        client.post(act(row, "test"))
        deliveries.deliver_due()
        [sent] = Delivery.objects.filter(webhook=row)

        told = shown(client, row)
        asked = client.get(again(row, sent)).content.decode()
        answer = client.post(again(row, sent))
        deliveries.deliver_due()

    sent.refresh_from_db()
    assert "the receiver answered 410" in told
    assert again(row, sent) in told
    assert "Send the same event once more" in asked
    assert answer.headers["Location"] == page(Webhook, "change", row.pk)
    assert to.ids == [sent.message_id] * 2
    assert sent.state == DeliveryState.DELIVERED
    assert deeds(row)[-1] == ("webhook.redelivered", "staff")


def test_delivery_that_is_on_its_way_is_not_sent_again(mine):
    row, _secret = webhook(mine)
    client = at_admin("manager", mine)
    client.post(act(row, "test"))
    [sent] = Delivery.objects.all()

    told = shown(client, row)
    answer = client.post(again(row, sent))

    assert again(row, sent) not in told
    assert said(answer)[-1] == "This has changed meanwhile: it is not possible."


def test_delivery_of_another_webhook_is_not_there(mine):
    row, _secret = webhook(mine)
    theirs, _secret = webhook(make.business("business_other"))
    at_admin("manager", theirs.business).post(act(theirs, "test"))
    [sent] = Delivery.objects.all()

    answer = at_admin("manager", mine).post(again(row, sent))

    assert answer.headers["Location"] == page(Webhook, "changelist")


def test_it_is_disabled_and_enabled_after_a_question(mine):
    row, _secret = webhook(mine)
    client = at_admin("manager", mine)

    asked = client.get(act(row, "disable")).content.decode()
    client.post(act(row, "disable"))
    told, refused = shown(client, row), client.post(act(row, "disable"))
    client.post(act(row, "enable"))

    row.refresh_from_db()
    assert "What waits for it fails" in asked
    assert "somebody disabled it" in told
    assert refused.headers["Location"] == page(Webhook, "change", row.pk)
    assert row.status == "active"
    assert [action for action, _ in deeds(row)][1:] == [
        *("webhook.disabled", "webhook.changed"),
    ]


@pytest.mark.parametrize("role", ["viewer", "operator", "auditor"])
def test_who_may_only_look_sees_the_host_and_is_asked_nothing(mine, role):
    row, _secret = webhook(mine, URL, contact="ops@example.com")
    made = Delivery.objects.create(
        business=mine,
        webhook=row,
        event_id=row.pk,
        event="export.failed",
        channel="webhook",
        target=str(row.pk),
        payload={},
        due_at=make.NOW,
    )
    client = at_admin(role, mine)
    addresses = [*[act(row, name) for name in ACTS], edit(row), page(Webhook, "add")]
    addresses.append(again(row, made))

    codes = {client.post(address).status_code for address in addresses}
    told = shown(client, row) + client.get(page(Webhook, "changelist")).content.decode()

    assert codes == {403}
    assert listed(client, Webhook) == {row.pk}
    assert "hooks.example.com" in told
    assert ("shy" in told, "ops@example.com" in told) == (False, False)
    assert [address for address in addresses if address in told] == []
    assert deeds(row) == [("webhook.created", "system")]


@pytest.mark.parametrize("name", [*ACTS, "nonsense"])
def test_foreign_webhook_is_as_if_it_were_not_there(mine, name):
    row, _secret = webhook(make.business("business_theirs"))

    answer = at_admin("manager", mine).post(act(row, name))

    assert answer.headers["Location"] == page(Webhook, "changelist")
    assert deeds(row) == [("webhook.created", "system")]


def test_webhook_is_found_by_its_id(mine):
    row, _secret = webhook(mine)
    webhook(mine)

    assert listed(at_admin("viewer", mine), Webhook, q=row.webhook_id) == {row.pk}


def test_texts_that_hold_markup_are_text(mine):
    row, _secret = webhook(mine, description="<script>alert(1)</script>")

    told = shown(at_admin("manager", mine), row)

    assert "<script>alert(1)" not in told
    assert "&lt;script&gt;alert(1)" in told
