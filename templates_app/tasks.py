"""Celery's way in to what runs by itself."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from templates_app import schedules


@shared_task(name="templates_app.run_due")
def run_due(**_: Any) -> None:
    schedules.run_due(timezone.now())
