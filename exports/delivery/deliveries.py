"""Takes what is due from the outbox, delivers it, and notes how that went.

At least once: a worker that dies after its receiver has answered leaves a lease that
runs out, and the attempt is made again, with the same event id.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from secrets import SystemRandom
from time import monotonic
from typing import Final

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from exports import dispatch, metrics, policy
from exports.conf import knob
from exports.delivery import CHANNELS
from exports.delivery.base import Outcome
from exports.models import Attempt, Delivery
from exports.states import DeliveryState

_AT_ONCE: Final = 20
_GATHERED: Final = 100
_LONGEST_WAIT: Final = 86_400.0
_jitter: Final = SystemRandom()
logger = logging.getLogger(__name__)


def deliver_due() -> int:
    """How many attempts were made; workers are told when more is due."""
    for made in range(_AT_ONCE):
        claimed = claim(now=timezone.now())
        if not claimed:
            return made
        attempt(claimed)
    dispatch.deliver()
    return _AT_ONCE


def claim(*, now: datetime) -> list[Delivery]:
    """What is delivered next, together; empty when nothing is due.

    None too when others were faster three times over: they have the work then.
    """
    for _ in range(3):
        first = Delivery.objects.due(now).order_by("due_at", "id").first()
        if first is None:
            break
        taken = _take(first, now=now)
        if taken:
            return taken
    return []


def _take(first: Delivery, *, now: datetime) -> list[Delivery]:
    channel = CHANNELS[first.channel]()
    with transaction.atomic():
        # Else two workers could each claim one of two that go to the same target.
        policy.lock(first.business_id)
        due = Delivery.objects.due(now).filter(pk=first.pk)
        waiting = Delivery.objects.unclaimed().to_the_same(first)
        later = channel.may_go_at(first)
        if later is not None and later > now:
            waiting.filter(due_at__lt=later).update(due_at=later)
            return []
        if channel.gathers:
            due = waiting.filter(language=first.language) if due.exists() else due
        chosen = list(due.order_by("id").values_list("pk", flat=True)[:_GATHERED])
        rows = Delivery.objects.filter(pk__in=chosen)
        lease = timedelta(seconds=knob("DELIVERY_LEASE_SECONDS"))
        rows.update(lease_until=Now() + lease, fence=F("fence") + 1)
        whole = rows.select_related("webhook", "destination", "business")
        return list(whole.order_by("id"))


def attempt(deliveries: Sequence[Delivery]) -> Outcome:
    channel = CHANNELS[deliveries[0].channel]()
    begun, started_at = monotonic(), timezone.now()
    try:
        outcome = channel.deliver(deliveries, now=started_at)
    except Exception:
        # Whatever it was, the others in the outbox must not wait for it.
        logger.exception("delivery %s broke", deliveries[0])
        outcome = Outcome("the delivery broke: the log has the reason")
    tried, now = Tried(started_at, monotonic() - begun, outcome), timezone.now()
    with transaction.atomic():
        held = [each for each in deliveries if tried.note(each, now=now)]
        channel.settled(held, outcome, now=now)
    return outcome


class Tried:
    """One attempt, as it is noted in each row that it was for."""

    def __init__(self, at: datetime, seconds: float, outcome: Outcome) -> None:
        self._at, self._seconds, self._outcome = at, seconds, outcome

    def note(self, delivery: Delivery, *, now: datetime) -> bool:
        """Whether the row was still held; the instance then is as the table has it."""
        outcome = self._outcome
        values = _after(delivery, outcome, now=now) | {"lease_until": None}
        held = Delivery.objects.pending().filter(pk=delivery.pk, fence=delivery.fence)
        if not held.update(**values):
            return False
        for name, value in values.items():
            setattr(delivery, name, value)
        Attempt.objects.create(
            delivery=delivery,
            number=delivery.fence,
            at=self._at,
            seconds=self._seconds,
            status=outcome.status,
            error=outcome.error[:200],
        )
        metrics.delivered(delivery.channel, outcome=_told(delivery))
        return True


def _told(delivery: Delivery) -> str:
    return "retried" if delivery.state == DeliveryState.PENDING else delivery.state


def _after(delivery: Delivery, outcome: Outcome, *, now: datetime) -> dict[str, object]:
    if not outcome.error:
        receipt = dict(outcome.receipt)
        return {"state": DeliveryState.DELIVERED, "ended_at": now, "receipt": receipt}
    tries, pauses = delivery.tries + 1, _pauses()
    is_last = tries > len(pauses) or not CHANNELS[delivery.channel]().retries(delivery)
    if outcome.is_final or is_last:
        return {"state": DeliveryState.FAILED, "ended_at": now, "tries": tries}
    wait = max(jittered(pauses[tries - 1]), min(outcome.wait, _LONGEST_WAIT))
    return {"tries": tries, "due_at": now + timedelta(seconds=wait)}


def _pauses() -> list[float]:
    return [float(each) for each in str(knob("DELIVERY_RETRY_SECONDS")).split(",")]


def jittered(seconds: float, *, spread: Callable[[], float] = _jitter.random) -> float:
    """Up to a fifth more or less, so that receivers do not meet all at once.

    :param spread: from 0 to 1.
    """
    return seconds * (0.8 + 0.4 * spread())


def forget(*, now: datetime) -> int:
    """Delete what has been over for long, with its attempts."""
    before = now - timedelta(seconds=knob("DELIVERY_LOG_SECONDS"))
    over = Delivery.objects.filter(ended_at__lt=before)
    return over.delete()[0]
