"""Webhooks are made, changed, rotated, tested and deleted here: checked and audited."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from customers import audit, ids
from customers.actors import Actor
from exports import outbox, policy, secrets
from exports.conf import knob
from exports.delivery import signatures
from exports.delivery.addresses import Refused, target
from exports.delivery.webhook import disable
from exports.errors import Conflict, Invalid
from exports.models import Delivery, Webhook
from exports.pipeline.payloads import an_object
from exports.pipeline.problems import Problems
from exports.pipeline.receivers import is_address
from exports.states import LISTENED_TO, WebhookStatus

SCOPE: Final = "webhooks:write"
MAX_DESCRIPTION: Final = 200
NEW: Final = ("business_id", "url", "events", "description", "contact")
CHANGEABLE: Final = ("url", "events", "description", "contact", "status")
_BY_HAND: Final = "somebody disabled it"


def create(body: Any, *, actor: Actor, now: datetime) -> tuple[Webhook, str]:
    """It and its secret, which is shown this once.

    :raises ExportError: whatever is wrong with the body or the asking.
    :raises Conflict: there are as many as may be.
    """
    business_id = policy.business_of(body, actor).id
    policy.granted(actor, SCOPE, business_id)
    fields = _fields(body, NEW)
    asked = {"url": None} | {
        name: fields[name] for name in fields if name in CHANGEABLE
    }
    if asked.get("events") is None:
        asked["events"] = list(LISTENED_TO)
    webhook = Webhook(
        id=ids.new_id(),
        business_id=business_id,
        created_at=now,
        updated_at=now,
        **_checked(asked),
    )
    secret = signatures.new_secret()
    webhook.wrapped_secret = secrets.wrap(secret, purpose=webhook.purpose)
    with policy.changing(business_id):
        own = Webhook.objects.for_business(business_id)
        policy.check_room(own, "MAX_WEBHOOKS_PER_BUSINESS", of="webhooks")
        webhook.save(force_insert=True)
        audit.record_row("webhook.created", webhook, actor=actor, events=webhook.events)
    return webhook, secret


def change(webhook: Webhook, body: Any, *, actor: Actor, now: datetime) -> Webhook:
    """What the body leaves out stays; null stands for the default.

    :raises ExportError: whatever is wrong with the body or the asking.
    """
    fields = _fields(body, CHANGEABLE)
    status = fields.pop("status", webhook.status)
    if status not in WebhookStatus.values:
        names = ", ".join(WebhookStatus.values)
        raise Invalid.field("status", f"status must be one of {names}")
    if "events" in fields and fields["events"] is None:
        fields["events"] = list(LISTENED_TO)
    values = _checked(fields)
    with policy.changing_row(webhook) as row:
        changed = [name for name in values if getattr(row, name) != values[name]]
        for name in changed:
            setattr(row, name, values[name])
        if status == WebhookStatus.ACTIVE and row.status != status:
            row.status, row.disabled_for = WebhookStatus.ACTIVE, ""
            changed.append("status")
        if changed:
            row.updated_at = now
            row.save()
            audit.record_row("webhook.changed", row, actor=actor, changed=changed)
        if status == WebhookStatus.DISABLED:
            disable(row, _BY_HAND, actor=actor, now=now, tell=False)
    return row


def rotate(webhook: Webhook, *, actor: Actor, now: datetime) -> tuple[Webhook, str]:
    """A new secret; the one before goes on signing beside it for a while."""
    secret = signatures.new_secret()
    overlap = timedelta(seconds=knob("WEBHOOK_SECRET_OVERLAP_SECONDS"))
    with policy.changing_row(webhook) as row:
        row.wrapped_old_secret, row.overlap_until = row.wrapped_secret, now + overlap
        row.wrapped_secret = secrets.wrap(secret, purpose=row.purpose)
        row.updated_at = now
        row.save()
        audit.record_row("webhook.rotated", row, actor=actor)
    return row, secret


def delete(webhook: Webhook, *, actor: Actor) -> None:
    """With what is on its way to it, and its log."""
    with policy.changing_row(webhook) as row:
        audit.record_row("webhook.deleted", row, actor=actor)
        row.delete()


def test(webhook: Webhook, *, actor: Actor, now: datetime) -> Delivery:
    """Sends it an event of its own, once."""
    with transaction.atomic():
        made = outbox.send_test(webhook, now=now)
        audit.record_row(
            "webhook.tested",
            webhook,
            actor=actor,
            delivery=made.delivery_id,
        )
    return made


def redeliver(delivery: Delivery, *, actor: Actor, now: datetime) -> Delivery:
    """The same event once more, with its own id.

    :raises Conflict: it is still on its way, or the endpoint is disabled.
    """
    webhook = delivery.webhook
    if webhook is None or webhook.status != WebhookStatus.ACTIVE:
        raise Conflict("the webhook is disabled: make it active first")
    with transaction.atomic():
        if not outbox.send_again(delivery, now=now):
            raise Conflict("the delivery is pending: it is still on its way")
        audit.record_row(
            "webhook.redelivered",
            webhook,
            actor=actor,
            delivery=delivery.delivery_id,
        )
    return delivery


def _fields(body: Any, known: Sequence[str]) -> dict[str, Any]:
    problems, fields = Problems(), an_object(body)
    problems.check_fields(fields, known)
    problems.settle()
    return dict(fields)


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the row, of what is named.

    :raises Invalid: naming every field that is wrong.
    """
    problems = Problems()
    checks = {
        "url": _check_url,
        "events": _check_events,
        "description": _check_description,
        "contact": _check_contact,
    }
    for name, value in fields.items():
        checks[name](value, problems)
    problems.settle()
    values = {name: "" if value is None else value for name, value in fields.items()}
    if "events" in values:
        values["events"] = list(dict.fromkeys(values["events"]))
    return values


def _check_url(value: Any, problems: Problems) -> None:
    if not isinstance(value, str):
        problems.add("url", "is required" if value is None else "must be a text")
        return
    try:
        target(value)
    except Refused as refused:
        problems.add("url", refused.message)


def _check_events(value: Any, problems: Problems) -> None:
    if not isinstance(value, list) or not value:
        problems.add("events", "must be a list of at least one event")
        return
    for name in value:
        if name not in LISTENED_TO:
            problems.add("events", f"may hold {', '.join(LISTENED_TO)}")
            return


def _check_description(value: Any, problems: Problems) -> None:
    if not isinstance(value, str | None) or len(value or "") > MAX_DESCRIPTION:
        problems.add("description", f"must be a text of at most {MAX_DESCRIPTION}")


def _check_contact(value: Any, problems: Problems) -> None:
    if value is not None and not is_address(value):
        problems.add("contact", "must be an email address")
