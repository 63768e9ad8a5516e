"""Each delivery is taken by one worker at a time, and tried for a day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exports import outbox, webhooks
from exports.delivery import deliveries
from exports.models import Attempt, Delivery, Webhook
from exports.outbox import Receiver
from exports.states import DeliveryState, Event
from tests import make
from tests.exports.delivery.receiving import receiver
from tests.exports.webhooks_made import webhook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("development", "woken")]


def event(of, number: int = 1) -> None:
    data = {"business_id": of.id, "number": number}
    outbox.publish(Event.COMPLETED, business_id=of.id, data=data, now=timezone.now())


def claim(*, after: float = 0) -> list[Delivery]:
    return deliveries.claim(now=timezone.now() + timedelta(seconds=after))


def states() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def make_due() -> None:
    Delivery.objects.pending().update(due_at=timezone.now())


def test_claim_takes_the_one_that_is_due_first(mine):
    webhook(mine)
    webhook(make.business("business_other"))
    event(mine)

    [claimed] = claim()

    assert (claimed.business_id, claimed.fence) == ("business_mine", 1)
    assert claim() == []


def test_one_target_gets_one_at_a_time(mine):
    webhook(mine)
    event(mine, 1)
    event(mine, 2)
    webhook(mine, url="https://example.com/other")
    event(mine, 3)

    targets = [claim()[0].target for _ in range(2)]

    assert len(set(targets)) == 2
    assert claim() == []


def test_claim_whose_lease_is_over_is_taken_up(mine):
    webhook(mine)
    event(mine)
    [lost] = claim()
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    [again] = claim()

    assert (again.pk, again.fence, again.message_id) == (lost.pk, 2, lost.message_id)


def test_attempt_that_was_overtaken_notes_nothing(mine):
    with receiver(500) as there:
        webhook(mine, there.url)
        event(mine)
        lost = claim()
        Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        claim()

        deliveries.attempt(lost)

    assert Attempt.objects.count() == 0
    assert Delivery.objects.get().tries == 0


def test_event_arrives_signed_and_is_noted(mine):
    with receiver(204) as there:
        webhook(mine, there.url)
        event(mine)

        made = deliveries.deliver_due()

    [delivery] = Delivery.objects.all()
    [attempt] = delivery.attempts.all()
    assert made == 1
    assert (delivery.state, delivery.tries, delivery.lease_until) == (
        "delivered",
        0,
        None,
    )
    assert (attempt.number, attempt.status, attempt.error) == (1, 204, "")
    assert there.ids == [delivery.message_id]
    assert Webhook.objects.get().succeeded_at == delivery.ended_at


def test_url_that_is_no_longer_public_is_not_called(mine, settings):
    with receiver(200) as there:
        webhook(mine, there.url)
        event(mine)
        settings.EXPORTS = settings.EXPORTS | {"WEBHOOK_NETWORKS": ""}

        deliveries.deliver_due()

    assert there.received == []
    assert Attempt.objects.get().error == "the URL has an address that is not public"


def test_while_two_secrets_overlap_both_sign(mine):
    with receiver(200) as there:
        hook, _ = webhook(mine, there.url)
        event(mine)
        webhooks.rotate(hook, actor=make.SYSTEM, now=timezone.now())
        deliveries.deliver_due()
        Webhook.objects.update(overlap_until=timezone.now())
        event(mine)
        deliveries.deliver_due()

    signatures = [each.headers["webhook-signature"] for each in there.received]
    assert [each.count("v1,") for each in signatures] == [2, 1]


def test_secret_that_can_no_longer_be_read_is_an_error_of_the_attempt(mine, settings):
    with receiver(200) as there:
        webhook(mine, there.url)
        event(mine)
        settings.SECRETS_KEYS = ["A" * 43 + "="]

        deliveries.deliver_due()

    assert there.received == []
    assert Attempt.objects.get().error.startswith("a kept secret can no longer be read")


def test_delivery_that_breaks_does_not_stop_the_others(mine, caplog):
    with receiver(200) as there:
        webhook(mine, there.url)
        outbox.mail(
            Event.COMPLETED,
            business_id=mine.id,
            receivers=[Receiver("ops@example.com", "en")],
            data={"job": "0" * 32},
            now=make.NOW,
        )
        event(mine)

        deliveries.deliver_due()

    assert "broke" in caplog.text
    assert states() == ["pending", "delivered"]


def test_worker_is_told_when_more_is_due(mine, woken, monkeypatch):
    monkeypatch.setattr(deliveries, "_AT_ONCE", 2)
    with receiver(200) as there:
        webhook(mine, there.url)
        for number in range(3):
            event(mine, number)
        woken.clear()

        made = deliveries.deliver_due()

    assert (made, len(there.received), woken) == (2, 2, ["deliveries"])


def test_log_is_kept_for_a_while(mine):
    webhook(mine)
    now = timezone.now()
    for days in (0, 29, 31):
        event(mine)
        last = Delivery.objects.latest("id")
        Delivery.objects.filter(pk=last.pk).update(
            state=DeliveryState.DELIVERED, ended_at=now - timedelta(days=days)
        )
    event(mine)

    deliveries.forget(now=now)

    assert Delivery.objects.count() == 3
