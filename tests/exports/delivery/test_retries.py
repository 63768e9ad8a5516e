"""What failed is tried again, for a day; an endpoint that takes nothing is let go."""

from itertools import pairwise

import pytest
from django.utils import timezone

from exports import webhooks
from exports.delivery import deliveries
from exports.models import Attempt, Delivery
from tests import make
from tests.exports.delivery.receiving import receiver
from tests.exports.delivery.test_deliveries import event, make_due, states
from tests.exports.webhooks_made import webhook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("development", "woken")]


def waits() -> list[tuple[float, float]]:
    """Delivers what is due. :returns: seconds each row waits, at least and at most."""
    begun = timezone.now()
    deliveries.deliver_due()
    ended = timezone.now()
    due = Delivery.objects.values_list("due_at", flat=True)
    return [
        ((each - ended).total_seconds(), (each - begun).total_seconds()) for each in due
    ]


def test_attempts_go_on_over_a_day_and_then_end(mine):
    with receiver(500) as there:
        webhook(mine, there.url)
        event(mine)
        bounds = []
        while Delivery.objects.pending().exists():
            bounds += waits()
            make_due()

    planned = deliveries._pauses()  # noqa: SLF001 -- what they are is the point
    assert 80_000 < sum(planned) < 90_000
    assert all(1.5 <= after / before <= 10 for before, after in pairwise(planned))
    for (least, most), pause in zip(bounds[:-1], planned, strict=True):
        assert least <= 1.2 * pause
        assert most >= 0.8 * pause
    assert len(set(there.ids)) == 1
    assert len(there.ids) == len(planned) + 1
    assert states() == ["failed"]
    assert list(Attempt.objects.values_list("number", "status")) == [
        (number, 500) for number in range(1, len(planned) + 2)
    ]


def test_jitter_spreads_by_a_fifth():
    spreads = [deliveries.jittered(100, spread=lambda at=at: at) for at in (0, 0.5, 1)]

    assert spreads == pytest.approx([80, 100, 120])


@pytest.mark.parametrize(
    ("answer", "error", "status"),
    [
        (301, "the receiver answered 301", 301),
        (404, "the receiver answered 404", 404),
        (500, "the receiver answered 500", 500),
        ("break off", "the connection broke: RemoteDisconnected", None),
        ("drip", "no answer in time", None),
    ],
)
def test_attempt_that_failed_is_made_again(mine, answer, error, status):
    with receiver(answer, 200) as there:
        webhook(mine, there.url)
        event(mine)
        deliveries.deliver_due()
        assert states() == ["pending"]
        make_due()

        deliveries.deliver_due()

    assert states() == ["delivered"]
    assert list(Attempt.objects.values_list("error", "status")) == [
        (error, status),
        ("", 200),
    ]
    assert len(set(there.ids)) == 1


def test_receiver_that_asks_for_patience_gets_it_for_all_that_waits(mine):
    with receiver((429, {"Retry-After": "3000"})) as there:
        webhook(mine, there.url)
        event(mine, 1)
        event(mine, 2)

        bounds = waits()

    assert len(there.received) == 1
    assert [least <= 3000 <= most for least, most in bounds] == [True, True]


def test_retry_after_may_be_a_date_or_nonsense(mine):
    with receiver(
        (503, {"Retry-After": "Wed, 01 Jan 2998 00:00:00 GMT"}),
        (503, {"Retry-After": "soon"}),
        (503, {"Retry-After": "²"}),
    ) as there:
        webhook(mine, there.url)
        event(mine)
        bounds = []
        for _ in range(2):
            bounds += waits()
            make_due()

    (least, most), (least_then, most_then) = bounds
    assert least <= 86_400 <= most
    assert least_then <= 1.2 * 30
    assert most_then >= 0.8 * 30


def test_receiver_that_is_gone_is_not_asked_again(mine):
    with receiver(410) as there:
        hook, _ = webhook(mine, there.url, contact="owner@example.com")
        event(mine, 1)
        event(mine, 2)

        deliveries.deliver_due()

    hook.refresh_from_db()
    assert len(there.received) == 1
    assert (hook.status, hook.disabled_for) == (
        "disabled",
        "the receiver says that it is gone (410)",
    )
    hooked = Delivery.objects.filter(channel="webhook")
    assert set(hooked.values_list("state", flat=True)) == {"failed"}
    [mail] = Delivery.objects.filter(channel="email")
    assert (mail.event, mail.target) == ("webhook.disabled", "owner@example.com")


def test_contact_is_not_told_where_no_mail_is_set_up(mine, settings):
    settings.MAIL_IS_SET_UP = False
    with receiver(410) as there:
        hook, _ = webhook(mine, there.url, contact="owner@example.com")
        event(mine)

        deliveries.deliver_due()

    hook.refresh_from_db()
    channels = Delivery.objects.values_list("channel", flat=True)
    assert (hook.status, list(channels)) == ("disabled", ["webhook"])


def exhausted(of: Delivery) -> None:
    Delivery.objects.filter(pk=of.pk).update(tries=10, due_at=timezone.now())


def test_endpoint_that_keeps_failing_is_disabled_and_its_contact_told(mine):
    with receiver(500) as there:
        hook, _ = webhook(mine, there.url, contact="owner@example.com")
        event(mine)
        exhausted(Delivery.objects.get())

        deliveries.deliver_due()

    hook.refresh_from_db()
    assert hook.disabled_for == "nothing has arrived in all attempts of a delivery"
    [mail] = Delivery.objects.filter(channel="email")
    assert (mail.target, mail.payload) == (
        "owner@example.com",
        {"webhook_id": hook.webhook_id, "reason": hook.disabled_for},
    )


def test_endpoint_that_took_something_meanwhile_stays(mine):
    with receiver(200, 500) as there:
        hook, _ = webhook(mine, there.url)
        event(mine, 1)
        event(mine, 2)
        [first, second] = Delivery.objects.order_by("id")
        Delivery.objects.filter(pk=first.pk).update(due_at=make.NOW)
        exhausted(second)

        deliveries.deliver_due()

    hook.refresh_from_db()
    assert (states(), hook.status) == (["delivered", "failed"], "active")


def test_one_test_event_is_one_attempt_and_disables_nothing(mine):
    with receiver(500) as there:
        hook, _ = webhook(mine, there.url)
        webhooks.test(hook, actor=make.SYSTEM, now=timezone.now())

        deliveries.deliver_due()

    hook.refresh_from_db()
    assert (states(), len(there.received), hook.status) == (["failed"], 1, "active")


def test_delivery_is_sent_again_with_the_same_id(mine):
    with receiver(410, 200) as there:
        hook, _ = webhook(mine, there.url)
        event(mine)
        deliveries.deliver_due()
        hook = webhooks.change(
            hook, {"status": "active"}, actor=make.SYSTEM, now=timezone.now()
        )
        delivery = Delivery.objects.select_related("webhook").get(channel="webhook")

        webhooks.redeliver(delivery, actor=make.SYSTEM, now=timezone.now())
        deliveries.deliver_due()

    assert there.ids == [delivery.message_id] * 2
    assert list(delivery.attempts.values_list("number", "status")) == [
        (1, 410),
        (2, 200),
    ]
