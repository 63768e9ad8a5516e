"""Exports of every kind and end, for the dashboard's tests."""

from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from customers.models import Business
from exports.models import ExportJob, Worker
from exports.states import JobStatus
from tests.exports.jobs_made import claimed, ended, file_of, job


def completed(of: Business, *, rows: int, seconds: float, **spec: Any) -> ExportJob:
    """With a file of so many rows, a hundred bytes each."""
    row = ended(job(of, **spec), JobStatus.COMPLETED)
    end = row.created_at + timedelta(seconds=seconds)
    fields = {"started_at": row.created_at, "completed_at": end}
    fields |= {"rows_expected": rows, "rows_written": rows}
    ExportJob.objects.filter(pk=row.pk).update(**fields)
    file_of(
        row,
        at=end,
        rows=rows,
        size=rows * 100,
        expires_at=end + timedelta(days=1),
        seconds=seconds,
    )
    return row


def asked(row: ExportJob, *, days_ago: int) -> ExportJob:
    """The same, some days earlier."""
    shift = timedelta(days=days_ago)
    fields = ("created_at", "started_at", "completed_at")
    row.refresh_from_db()
    for name in fields:
        moment = getattr(row, name)
        setattr(row, name, moment and moment - shift)
    row.save(update_fields=fields)
    return row


def some_of_all(of: Business) -> None:
    for number in range(5):
        completed(of, rows=1000 * number, seconds=number + 0.25)
    asked(completed(of, rows=7, seconds=50, format="json"), days_ago=2)
    completed(of, rows=3, seconds=1, export_type="reports")
    asked(ended(job(of), JobStatus.FAILED), days_ago=1)
    ended(job(of, format="json"), JobStatus.FAILED)
    lost = ended(job(of), JobStatus.FAILED)
    ExportJob.objects.filter(pk=lost.pk).update(error_code="WORKER_LOST")
    ended(job(of), JobStatus.CANCELLED)
    claimed(job(of))
    asked(job(of), days_ago=3)
    asked(job(of), days_ago=12)
    # By the database's clock, which a test does not set.
    Worker.objects.note(f"{of.id}-1")
    Worker.objects.note(f"{of.id}-2")
    gone = Worker.objects.filter(name=f"{of.id}-2")
    gone.update(seen_at=Now() - timedelta(hours=1))
