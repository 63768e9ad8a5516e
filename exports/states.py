"""The states of a job and of a file, and which may follow which: data."""

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices


class JobStatus(TextChoices):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


TRANSITIONS: Final[Mapping[JobStatus, frozenset[JobStatus]]] = {
    # A claim; a wish to cancel before it; or its client or its attempts are gone.
    JobStatus.PENDING: frozenset(
        {JobStatus.PROCESSING, JobStatus.CANCELLED, JobStatus.FAILED}
    ),
    # Back to pending when a lease runs out and attempts are left.
    JobStatus.PROCESSING: frozenset(
        {
            JobStatus.PENDING,
            JobStatus.COMPLETED,
            JobStatus.FAILED,
            JobStatus.CANCELLED,
        }
    ),
    JobStatus.COMPLETED: frozenset(),
    JobStatus.FAILED: frozenset(),
    JobStatus.CANCELLED: frozenset(),
}
FINAL: Final = frozenset(status for status, after in TRANSITIONS.items() if not after)


class BatchStatus(TextChoices):
    """What the jobs of a batch make it."""

    PROCESSING = "processing"
    COMPLETED = "completed"
    PARTLY_FAILED = "partly_failed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class FileState(TextChoices):
    """What became of a file after its job completed; the job stays as it is."""

    STORED = "stored"
    STREAMED = "streamed"
    EXPIRED = "expired"
    DELETED = "deleted"
    LOST = "lost"


STEPS: Final = (
    "Initializing export job",
    "Validating parameters",
    "Querying data",
    "Transforming data",
    "Generating file",
    "Storing file",
)
DONE: Final = "Export completed successfully"
