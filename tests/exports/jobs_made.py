"""Jobs as rows, for tests of what becomes of them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from customers.models import AuditEvent, Business
from exports import jobs
from exports.models import ExportFile, ExportJob, Mode
from exports.states import FileState, JobStatus
from tests import make


def job(of: Business | None = None, *, mode: Mode = Mode.BACKGROUND, **spec: Any):
    """A job that waits, as ``request_export`` makes it."""
    wanted = {"export_type": "verifications", "format": "csv", "max_rows": 1000}
    wanted |= {"business_id": (of or make.business()).id} | spec
    return jobs.request_export(wanted, actor=make.SYSTEM, now=timezone.now(), mode=mode)


def claimed(of: ExportJob, *, seconds: float = 60, **fields: Any) -> ExportJob:
    """The job as if a worker had it, its lease over in so many seconds."""
    lease_until = timezone.now() + timedelta(seconds=seconds)
    values: dict[str, Any] = {
        "status": JobStatus.PROCESSING,
        "lease_until": lease_until,
        "worker": "another",
        "started_at": timezone.now(),
        "fence": of.fence + 1,
        "attempt": of.attempt + 1,
    }
    ExportJob.objects.filter(pk=of.pk).update(**(values | fields))
    of.refresh_from_db()
    return of


def ended(of: ExportJob, status: JobStatus) -> ExportJob:
    """The job as if it had ended so."""
    fields: dict[str, Any] = {"status": status, "completed_at": timezone.now()}
    fields |= {"lease_until": None, "worker": "", "wrapped_password": ""}
    if status is JobStatus.FAILED:
        fields["error_code"] = "EXPORT_ERROR"
    if status is JobStatus.COMPLETED:
        fields |= {"rows_expected": 0, "progress": 1.0}
    ExportJob.objects.filter(pk=of.pk).update(**fields)
    of.refresh_from_db()
    return of


def file_of(of: ExportJob, *, at: datetime, rows: int = 1, **values: Any) -> ExportFile:
    """As if the job had made one, of ten bytes a row."""
    facts: dict[str, Any] = {
        "state": FileState.STORED,
        "name": "n",
        "content_type": "text/csv",
        "size": 10 * rows,
        "row_count": rows,
        "rows_expected": rows,
        "completeness": "complete",
        "columns": [],
        "manifest": {},
        "generated_at": at,
        "expires_at": at,
        "seconds": 1.0,
    }
    return ExportFile.objects.create(job=of, business=of.business, **(facts | values))


def in_state(status: JobStatus) -> ExportJob:
    made = job()
    if status is JobStatus.PENDING:
        return made
    return claimed(made) if status is JobStatus.PROCESSING else ended(made, status)


def deeds_of(job: ExportJob) -> list[str]:
    events = AuditEvent.objects.filter(object_id=job.export_id).order_by("at", "id")
    return [event.action for event in events]
