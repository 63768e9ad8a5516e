"""Celery's way in: each task fetches nothing, decides nothing, and delegates."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from exports import claims, files, idempotency, runs
from exports.delivery import deliveries


@shared_task(name="exports.work", bind=True)
def work(self: Any, /, *, queue: str, **_: Any) -> None:
    runs.work(queue, worker=self.request.hostname or "worker")


@shared_task(name="exports.reap")
def reap(**_: Any) -> None:
    claims.reap(now=timezone.now())


@shared_task(name="exports.deliver")
def deliver(**_: Any) -> None:
    deliveries.deliver_due()


@shared_task(name="exports.expire")
def expire(**_: Any) -> None:
    idempotency.expire(now=timezone.now())
    files.expire(now=timezone.now())
    deliveries.forget(now=timezone.now())
