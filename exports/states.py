"""The states of a job and of a file, and which may follow which: data."""

from collections.abc import Iterable, Mapping
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
ACTIVE: Final = frozenset(JobStatus) - FINAL


class BatchStatus(TextChoices):
    """What the jobs of a batch make it."""

    PROCESSING = "processing"
    COMPLETED = "completed"
    PARTLY_FAILED = "partly_failed"
    FAILED = "failed"
    CANCELLED = "cancelled"


def batch_status(jobs: Iterable[str]) -> BatchStatus:
    """:param jobs: the states of all that the batch has."""
    found = {JobStatus(status) for status in jobs}
    if found - FINAL:
        return BatchStatus.PROCESSING
    if found == {JobStatus.COMPLETED}:
        return BatchStatus.COMPLETED
    if JobStatus.COMPLETED in found:
        return BatchStatus.PARTLY_FAILED
    is_cancelled = found == {JobStatus.CANCELLED}
    return BatchStatus.CANCELLED if is_cancelled else BatchStatus.FAILED


class FileState(TextChoices):
    """What became of a file after its job completed; the job stays as it is."""

    STORED = "stored"
    STREAMED = "streamed"
    EXPIRED = "expired"
    DELETED = "deleted"
    LOST = "lost"


class Event(TextChoices):
    """What others are told of."""

    COMPLETED = "export.completed"
    FAILED = "export.failed"
    CANCELLED = "export.cancelled"
    EXPIRED = "export.expired"
    BATCH_COMPLETED = "batch.completed"
    SCHEDULE_PAUSED = "schedule.paused"
    TEST = "webhook.test"
    """Sent when somebody asks for it: nobody listens to it otherwise."""
    DISABLED = "webhook.disabled"
    """Told by mail alone."""
    UNDELIVERED = "destination.failed"
    """Told by mail alone: the export itself has ended well."""
    RUN_FAILED = "schedule.run_failed"
    """Told by mail alone: there is no export."""


_APART: Final = {Event.TEST, Event.DISABLED, Event.UNDELIVERED, Event.RUN_FAILED}
LISTENED_TO: Final = tuple(event for event in Event if event not in _APART)
"""What an endpoint may ask for."""


class DeliveryState(TextChoices):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class DestinationKind(TextChoices):
    """Each is a channel too."""

    S3 = "s3"
    SFTP = "sftp"


class WebhookStatus(TextChoices):
    ACTIVE = "active"
    DISABLED = "disabled"


STEPS: Final = (
    "Initializing export job",
    "Validating parameters",
    "Querying data",
    "Transforming data",
    "Generating file",
    "Storing file",
)
DONE: Final = "Export completed successfully"
