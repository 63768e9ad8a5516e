"""Webhooks: a signed POST to an endpoint of the business's own."""

import json
from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final, cast

from django.conf import settings
from django.db.models import Q

from customers import audit
from customers.actors import Actor, system
from exports import outbox, secrets
from exports.conf import knob
from exports.delivery import signatures
from exports.delivery.addresses import Refused, resolved, target
from exports.delivery.base import Channel, Outcome
from exports.delivery.posting import NoAnswer, post
from exports.errors import ExportError
from exports.models import Delivery, Webhook
from exports.outbox import Receiver
from exports.states import DeliveryState, Event, WebhookStatus

GONE: Final = 410
_GIVEN_UP: Final = "nothing has arrived in all attempts of a delivery"
_REFUSED: Final = "the receiver says that it is gone (410)"


class WebhookChannel(Channel):
    def retries(self, delivery: Delivery) -> bool:
        """A test shows how it is now."""
        return delivery.event != Event.TEST

    def deliver(self, deliveries: Sequence[Delivery], *, now: datetime) -> Outcome:
        [delivery] = deliveries
        webhook = _webhook(delivery)
        if webhook.status != WebhookStatus.ACTIVE and delivery.event != Event.TEST:
            return Outcome("the endpoint is disabled", is_final=True)
        body = json.dumps(delivery.payload, ensure_ascii=False, sort_keys=True).encode()
        try:
            to = target(webhook.url)
            answer = post(
                to,
                resolved(to),
                body=body,
                headers=_headers(delivery, webhook, body, now),
                seconds=knob("WEBHOOK_TIMEOUT_SECONDS"),
            )
        except Refused as error:
            return Outcome(f"the URL {error.message}")
        except (NoAnswer, ExportError) as error:
            return Outcome(error.message)
        if 200 <= answer.status < 300:
            return Outcome(status=answer.status)
        return Outcome(
            f"the receiver answered {answer.status}",
            status=answer.status,
            wait=_seconds(answer.retry_after, now),
            is_final=answer.status == GONE,
        )

    def settled(
        self, deliveries: Sequence[Delivery], outcome: Outcome, *, now: datetime
    ) -> None:
        for delivery in deliveries:
            webhook = _webhook(delivery)
            if not outcome.error:
                Webhook.objects.filter(pk=webhook.pk).update(succeeded_at=now)
            elif delivery.state == DeliveryState.PENDING:
                _hold(delivery, outcome)
            elif delivery.event != Event.TEST:
                _given_up(delivery, outcome, now=now)


def _webhook(delivery: Delivery) -> Webhook:
    return cast("Webhook", delivery.webhook)


def _headers(
    delivery: Delivery, webhook: Webhook, body: bytes, now: datetime
) -> dict[str, str]:
    """:raises ExportError: the secret can no longer be read."""
    wrapped = [webhook.wrapped_secret]
    if webhook.overlap_until is not None and webhook.overlap_until > now:
        wrapped.append(webhook.wrapped_old_secret)
    known = [secrets.unwrap(each, purpose=webhook.purpose) for each in wrapped]
    version = settings.SPECTACULAR_SETTINGS["VERSION"]
    return {
        "Content-Type": "application/json",
        "User-Agent": f"KYB-Export/{version}",
        **signatures.headers(delivery.message_id, body, secrets=known, now=now),
    }


def _seconds(retry_after: str | None, now: datetime) -> float:
    """Of a Retry-After, which is seconds or a date; 0 without one that can be read."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max((parsedate_to_datetime(text) - now).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return 0.0


def _hold(delivery: Delivery, outcome: Outcome) -> None:
    """Who asks for patience means it for all that waits for them."""
    if outcome.wait:
        waiting = Delivery.objects.unclaimed().to_the_same(delivery)
        waiting.filter(due_at__lt=delivery.due_at).update(due_at=delivery.due_at)


def _given_up(delivery: Delivery, outcome: Outcome, *, now: datetime) -> None:
    """An endpoint that took nothing since this was first sent is let go."""
    webhook = _webhook(delivery)
    if outcome.status == GONE:
        disable(webhook, _REFUSED, actor=system("deliveries"), now=now)
        return
    rows = Webhook.objects.filter(pk=webhook.pk)
    silent = Q(succeeded_at=None) | Q(succeeded_at__lt=delivery.created_at)
    if rows.filter(silent).exists():
        disable(webhook, _GIVEN_UP, actor=system("deliveries"), now=now)


def disable(
    webhook: Webhook, reason: str, *, actor: Actor, now: datetime, tell: bool = True
) -> None:
    """What waits for it fails, and its contact is told; nothing when it is so already.

    To be called in a transaction.
    """
    disabled = (
        Webhook.objects.active()
        .filter(pk=webhook.pk)
        .update(
            status=WebhookStatus.DISABLED, disabled_for=reason[:200], updated_at=now
        )
    )
    if not disabled:
        return
    waiting = Delivery.objects.unclaimed().filter(webhook=webhook)
    waiting.update(state=DeliveryState.FAILED, ended_at=now, lease_until=None)
    audit.record_row("webhook.disabled", webhook, actor=actor, reason=reason)
    if webhook.contact and tell and settings.MAIL_IS_SET_UP:
        outbox.mail(
            Event.DISABLED,
            business_id=webhook.business_id,
            receivers=[Receiver(webhook.contact, knob("MAIL_LANGUAGE"))],
            data={"webhook_id": webhook.webhook_id, "reason": reason},
            now=now,
        )
    webhook.refresh_from_db()
