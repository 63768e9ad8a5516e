"""Writes what is to be told, inside the transaction of the deed that it tells of.

Workers hear of it after the commit; a deed that is rolled back is told to nobody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from customers import ids
from exports import dispatch
from exports.models import (
    Delivery,
    Destination,
    ExportBatch,
    ExportJob,
    Mode,
    Webhook,
)
from exports.pipeline.moments import utc_text
from exports.states import FINAL, DeliveryState, Event, JobStatus, batch_status

EMAIL: Final = "email"
WEBHOOK: Final = "webhook"


@dataclass(frozen=True, slots=True)
class Receiver:
    """:ivar language: the mail is written in it."""

    address: str
    language: str


def publish(
    event: Event, *, business_id: str, data: Mapping[str, Any], now: datetime
) -> None:
    """Tell the endpoints of the business that listen to such events."""
    active = Webhook.objects.for_business(business_id).active()
    listening = [webhook for webhook in active if event in webhook.events]
    if not listening:
        return
    payload = body(event, data, now=now)
    event_id = ids.new_id()
    _write([_to(webhook, event, event_id, payload, now) for webhook in listening])


def send_test(webhook: Webhook, *, now: datetime) -> Delivery:
    """Once, whatever the endpoint listens to."""
    data = {"business_id": webhook.business_id, "webhook_id": webhook.webhook_id}
    payload = body(Event.TEST, data, now=now)
    made = _to(webhook, Event.TEST, ids.new_id(), payload, now)
    _write([made])
    return made


def mail(
    event: Event,
    *,
    business_id: str,
    receivers: Iterable[Receiver],
    data: Mapping[str, Any],
    now: datetime,
) -> None:
    """:param data: of what is needed to write the mail; what is secret is not in it."""
    event_id = ids.new_id()
    _write(
        [
            Delivery(
                business_id=business_id,
                event_id=event_id,
                event=event,
                channel=EMAIL,
                target=receiver.address,
                language=receiver.language,
                payload=dict(data),
                due_at=now,
                created_at=now,
            )
            for receiver in receivers
        ]
    )


def job_ended(job: ExportJob, *, now: datetime) -> None:
    """What a program of staff or an operator's own command made is told to nobody."""
    if job.is_for_staff or job.mode == Mode.COMMAND:
        return
    event = Event(f"export.{job.status}")
    told = about(job)
    publish(event, business_id=job.business_id, data=told, now=now)
    receivers = [Receiver(**each) for each in receivers_of(job)]
    mail(
        event,
        business_id=job.business_id,
        receivers=receivers,
        data={"job": str(job.pk)},
        now=now,
    )
    if job.status == JobStatus.COMPLETED:
        _bring(job, now=now)
    if job.batch_id is not None:
        _job_of_batch_ended(job.batch_id, now=now)


def _bring(job: ExportJob, *, now: datetime) -> None:
    """Its file, to each destination that it names and that is still there."""
    shown = job.spec.get("destinations", [])
    named = [key for each in shown if (key := ids.read("dst", each))]
    if not named:
        return
    found = Destination.objects.for_business(job.business_id).filter(pk__in=named)
    event_id = ids.new_id()
    _write(
        [
            Delivery(
                business_id=job.business_id,
                event_id=event_id,
                event=Event.COMPLETED,
                channel=destination.kind,
                target=str(destination.pk),
                destination=destination,
                payload={"job": str(job.pk), "export_id": job.export_id},
                due_at=now,
                created_at=now,
            )
            for destination in found
        ]
    )


def receivers_of(job: ExportJob) -> list[dict[str, str]]:
    wanted = job.spec.get("notify") or {}
    found: list[dict[str, str]] = wanted.get("email", [])
    return found


def file_expired(job: ExportJob, *, now: datetime) -> None:
    if not job.is_for_staff and job.mode != Mode.COMMAND:
        event = Event.EXPIRED
        publish(event, business_id=job.business_id, data=about(job), now=now)


def about(job: ExportJob) -> dict[str, Any]:
    """Which export, and how it ended: no data, and no link to any."""
    is_job = job.mode == Mode.BACKGROUND
    return {
        "business_id": job.business_id,
        "export_id": job.export_id,
        "job_id": job.job_id if is_job else None,
        "batch_id": ids.show("bat", job.batch_id) if job.batch_id else None,
        "type": job.export_type,
        "format": job.format,
        "status": job.status,
        "error_code": job.error_code or None,
    }


def _job_of_batch_ended(batch_id: UUID, *, now: datetime) -> None:
    """Told with the last of its jobs.

    Two that end at once wait for each other here: the second one sees both.
    """
    rows = ExportBatch.objects.select_for_update(no_key=True).filter(pk=batch_id)
    batch = rows.get()
    states = list(
        ExportJob.objects.for_business(batch.business_id)
        .filter(batch=batch)
        .values_list("status", flat=True)
    )
    if set(states) <= FINAL:
        data = {
            "business_id": batch.business_id,
            "batch_id": batch.batch_id,
            "status": batch_status(states),
        }
        event = Event.BATCH_COMPLETED
        publish(event, business_id=batch.business_id, data=data, now=now)


def body(event: Event, data: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """What a program is sent: thin, so that what it asks for next is up to date."""
    timestamp = utc_text(now)
    return {"type": event, "timestamp": timestamp, "data": dict(data)}


def _to(
    webhook: Webhook,
    event: Event,
    event_id: UUID,
    payload: Mapping[str, Any],
    now: datetime,
) -> Delivery:
    return Delivery(
        business_id=webhook.business_id,
        event_id=event_id,
        event=event,
        channel=WEBHOOK,
        target=str(webhook.pk),
        webhook=webhook,
        payload=dict(payload),
        due_at=now,
        created_at=now,
    )


def _write(deliveries: list[Delivery]) -> None:
    if deliveries:
        Delivery.objects.bulk_create(deliveries)
        transaction.on_commit(dispatch.deliver)


def rewake(*, now: datetime) -> bool:
    """Whether there was something to deliver that workers are now told of."""
    is_due = Delivery.objects.due(now).exists()
    return is_due and dispatch.deliver()


def send_again(delivery: Delivery, *, now: datetime) -> bool:
    """Whether it was over, and now is on its way again: the same event."""
    again = Delivery.objects.filter(pk=delivery.pk, ended_at__isnull=False).update(
        state=DeliveryState.PENDING, ended_at=None, tries=0, due_at=now
    )
    if again:
        delivery.refresh_from_db()
        transaction.on_commit(dispatch.deliver)
    return again == 1
