"""What scripts/admin_pictures.sh shows: a week of exports, and all that staff keep."""

import itertools
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from customers.actors import system
from customers.authentication import actor_for_user
from customers.models import Membership, User
from exports import destinations, jobs, outbox, runs, webhooks
from exports.models import Attempt, Delivery, ExportFile, ExportJob, Mode, Worker
from exports.states import DeliveryState, Event, JobStatus
from templates_app import changes, schedule_changes

_MINE: Final = "northwind"
_KINDS: Final = (
    *(("verifications", "csv"), ("verifications", "excel"), ("analytics", "excel")),
    *(("business_data", "json"), ("audit_logs", "ndjson"), ("reports", "xml")),
)
_SERVER: Final = {
    "business_id": _MINE,
    "name": "Archive of the auditors",
    "kind": "sftp",
    "host": "files.example.com",
    "user": "northwind",
    "path": "kyb/{year}/{month}/{name}",
    "host_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA"
    "IBOjFsvlpRUzNGN0gbu2XpLxBKUUeYVchC6DEdpuQGaI",
    "credentials": {"password": "of no server"},
}
_ACTOR: Final = system("crm")
_FIELDS: Final = ("created_at", "started_at", "completed_at")


def _asked(kind: tuple[str, str], **more: object) -> ExportJob:
    wanted = {"business_id": _MINE, "export_type": kind[0], "format": kind[1]}
    return jobs.request_export(
        wanted | more, actor=_ACTOR, now=timezone.now(), mode=Mode.BACKGROUND
    )


def _moved(job: ExportJob, by: timedelta) -> None:
    job.refresh_from_db()
    for name in _FIELDS:
        at = getattr(job, name)
        setattr(job, name, at and at - by)
    job.save(update_fields=_FIELDS)


def _week() -> None:
    kinds = itertools.cycle(_KINDS)
    for day, count in enumerate((4, 6, 3, 5, 7, 2, 4)):
        for number in range(count):
            job = _asked(next(kinds), max_rows=400 * (number + 1))
            if number == 3:
                jobs.cancel(job, actor=_ACTOR, now=timezone.now())
            elif number == 5:
                ExportJob.objects.filter(pk=job.pk).update(
                    status=JobStatus.FAILED,
                    error_code="EXPORT_SIZE_EXCEEDED",
                    error_message="3000 rows were found and 2000 is the most that is"
                    " exported: narrow the filters or the time range, or set max_rows",
                    started_at=job.created_at,
                    completed_at=job.created_at + timedelta(seconds=2),
                )
            else:
                runs.work(job.queue, worker="pictures")
            _moved(job, timedelta(days=day, minutes=13 * number))


def _now() -> None:
    """One that waits, and one that runs: no worker is there to end them."""
    running = _asked(("verifications", "csv"))
    begun = timezone.now() - timedelta(seconds=42)
    ExportJob.objects.filter(pk=running.pk).update(
        status=JobStatus.PROCESSING,
        rows_expected=3000,
        rows_written=1730,
        progress=0.57,
        current_step=4,
        started_at=begun,
        lease_until=timezone.now() + timedelta(hours=1),
        worker="pictures",
        fence=1,
        attempt=1,
    )
    _asked(("business_data", "pdf"))
    Worker.objects.note("worker-1")
    Worker.objects.note("worker-2")


def _attempt(delivery: Delivery, number: int, at: datetime, **told: object) -> None:
    Attempt.objects.create(delivery=delivery, number=number, at=at, seconds=0.2, **told)


def _kept() -> None:
    now = timezone.now()
    receiver, _secret = webhooks.create(
        {
            "business_id": _MINE,
            "url": "https://hooks.example.com/kyb",
            "description": "Tells the CRM what has ended",
        },
        actor=_ACTOR,
        now=now,
    )
    for number, minutes in enumerate((1, 47, 95)):
        at = now - timedelta(minutes=minutes)
        outbox.publish(Event.COMPLETED, business_id=_MINE, data={}, now=at)
        sent = Delivery.objects.filter(webhook=receiver).latest("id")
        Delivery.objects.filter(pk=sent.pk).update(created_at=at)
        if number:
            _attempt(sent, 1, at, error="no answer in time")
            _attempt(sent, 2, at + timedelta(seconds=30), status=204, error="")
            Delivery.objects.filter(pk=sent.pk).update(
                state=DeliveryState.DELIVERED, ended_at=at
            )
    receiver.succeeded_at = now - timedelta(minutes=47)
    receiver.save()
    destinations.create(_SERVER, actor=_ACTOR, now=now)
    changes.create(
        {
            "business_id": _MINE,
            "name": "High risk, last month",
            "type": "verifications",
            "format": "excel",
            "filters": {"risk_level": "high", "date_range": "last_month"},
        },
        actor=_ACTOR,
        now=now,
    )


def _scheduled(owner: User) -> None:
    who = actor_for_user(owner)
    for name, cron, format_name in (
        ("Verifications of the day before", "30 6 * * 1-5", "csv"),
        ("Month for the board", "0 7 1 * *", "pdf"),
    ):
        filters = {"date_range": "yesterday"}
        export = {"format": format_name, "filters": filters}
        export |= {"export_type": "verifications"}
        body = {"business_id": _MINE, "name": name, "cron": cron, "export": export}
        schedule_changes.create(body, actor=who, now=timezone.now())


owner = User(username="vera", is_staff=True)
owner.set_password("pictures")
owner.save()
Membership.objects.create(user=owner, business_id=_MINE, role="manager")
_week()
_kept()
_scheduled(owner)
_now()
ExportFile.objects.update(expires_at=timezone.now() + timedelta(days=1))
