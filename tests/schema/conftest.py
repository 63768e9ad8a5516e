"""A service with something of each kind in it, and a worker, for schemathesis."""

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any, Final

import pytest
from django.db import connections, transaction
from django.utils import timezone

from customers import ids
from customers.models import Business
from exports import batches, runs, webhooks
from exports.models import ExportBatch, ExportJob
from exports.throttles import KINDS
from templates_app.models import ExportTemplate, Schedule
from tests import make
from tests.exports.destinations_made import bucket_body, destination
from tests.exports.jobs_made import job
from tests.exports.pipeline.query.asking import query_role
from tests.exports.webhooks_made import webhook
from tests.templates_app.schedules_made import schedule

__all__ = ["query_role"]
# The names that the document gives as examples.
BUSINESS: Final = "business_123"
EXAMPLE: Final = "01JD3Z5V8N8Q0C9X2T4W6Y8Z0A"
SCOPES: Final = (
    *("exports:write", "exports:read", "templates:write", "schedules:write"),
    *("webhooks:write", "custom_query"),
)


@pytest.fixture
def names(settings, tmp_path, query_role) -> dict[str, str]:
    """What is there, for the program to name: it finds them in its environment."""
    unlimited = dict.fromkeys((f"LIMIT_{kind.upper()}" for kind in KINDS), 10**9)
    unlimited |= {"MAX_ACTIVE_JOBS_PER_BUSINESS": 10**9}
    unlimited |= {"MAX_TEMPLATES_PER_BUSINESS": 10**9}
    unlimited |= {"MAX_SCHEDULES_PER_BUSINESS": 10**9}
    unlimited |= {"MAX_WEBHOOKS_PER_BUSINESS": 10**9}
    unlimited |= {"MAX_DESTINATIONS_PER_BUSINESS": 10**9}
    settings.EXPORTS = {**settings.EXPORTS, **unlimited, "EVENTS_SECONDS": 0.1}
    settings.EXPORT_STORAGE_URL = (tmp_path / "stored").as_uri()
    mine, other = make.business(BUSINESS), make.business("business_other")
    for business in (mine, other):
        make.verification(business)
        make.report(business)
        make.audit_log(business)
        make.user_account(business)
    made = job(mine)
    ExportJob.objects.filter(pk=made.pk).update(id=ids.read("job", f"job_{EXAMPLE}"))
    runs.work("interactive", worker="test")
    _templates(mine)
    hook, _ = webhook(mine)
    sent = webhooks.test(hook, actor=make.SYSTEM, now=timezone.now())
    _, key = make.api_key(mine, scopes=SCOPES)
    return {
        "SCHEMA_KEY": key,
        "SCHEMA_BUSINESS": mine.id,
        "SCHEMA_JOB": f"job_{EXAMPLE}",
        "SCHEMA_EXPORT": f"exp_{EXAMPLE}",
        "SCHEMA_BATCH": _batch(mine),
        "SCHEMA_SCHEDULE": _schedule(mine),
        "SCHEMA_WEBHOOK": hook.webhook_id,
        "SCHEMA_DESTINATION": destination(bucket_body(mine)).destination_id,
        "SCHEMA_DELIVERY": sent.delivery_id,
        "SCHEMA_WAITING_JOB": job(mine).job_id,
    }


def _templates(business: Business) -> None:
    for number in range(8):
        ExportTemplate.objects.create(
            business=business,
            slug=f"good_{number}",
            name="A",
            export_type="reports",
            format="csv",
        )


def _schedule(business: Business) -> str:
    """Its public id."""
    made = schedule(business, name="A", now=timezone.now())
    key = ids.read("sch", f"sch_{EXAMPLE}")
    Schedule.objects.filter(pk=made.pk).update(id=key)
    return f"sch_{EXAMPLE}"


def _batch(business: Business) -> str:
    """Its public id; it has ended, and has an archive."""
    spec = {"export_type": "verifications", "format": "csv"}
    payload: dict[str, Any] = {"business_id": business.id, "bundle": True}
    payload["exports"] = [spec, spec]
    made = batches.request_batch(payload, actor=make.SYSTEM, now=timezone.now())
    for _ in payload["exports"]:
        runs.work("interactive", worker="test")
    key = ids.read("bat", f"bat_{EXAMPLE}")
    with transaction.atomic():
        ExportBatch.objects.filter(pk=made.batch.pk).update(id=key)
        ExportJob.objects.filter(batch=made.batch).update(batch=key)
    return f"bat_{EXAMPLE}"


@pytest.fixture
def worker(names) -> Iterator[None]:
    """Runs what is asked for meanwhile, so that its files are there to be named."""
    done = Event()
    thread = Thread(target=_work, args=(done,))
    thread.start()
    yield
    done.set()
    thread.join()


def _work(done: Event) -> None:
    try:
        while not done.wait(0.2):
            for queue in ("interactive", "bulk"):
                runs.work(queue, worker="test")
    finally:
        connections.close_all()
