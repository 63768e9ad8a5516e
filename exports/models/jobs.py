"""One run of one spec, at once or in the background: the row is the truth."""

from datetime import datetime
from typing import Any, ClassVar, Final, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from customers import ids
from customers.tenancy import TenantOwned, TenantQuerySet
from exports.states import ACTIVE, DONE, STEPS, JobStatus

INTERACTIVE: Final = "interactive"
BULK: Final = "bulk"
CUSTOMER_360: Final = "customer_360"
"""The type of what staff alone export: many customers' views."""


class Mode(models.TextChoices):
    """How an export was asked for."""

    BACKGROUND = "background"
    IMMEDIATE = "immediate"
    INLINE = "inline"
    COMMAND = "command"
    """By an operator's own command, into a file of theirs."""


class JobQuerySet(TenantQuerySet["ExportJob"]):
    def background(self) -> Self:
        return self.filter(mode=Mode.BACKGROUND)

    def of_datasets(self) -> Self:
        """What ``/v1`` shows: no key sees what only staff may export."""
        return self.exclude(export_type=CUSTOMER_360)

    def with_file(self) -> Self:
        """And with what the file is told of by; its manifest is long."""
        return self.select_related("file").defer("file__manifest")

    def pending(self) -> Self:
        return self.filter(status=JobStatus.PENDING)

    def active(self) -> Self:
        """They wait or run: named, for an index finds no status that is not meant."""
        return self.filter(status__in=ACTIVE)

    def processing(self) -> Self:
        return self.filter(status=JobStatus.PROCESSING)

    def abandoned(self) -> Self:
        """Running as far as the table knows, but the lease is over."""
        return self.processing().filter(lease_until__lt=Now())


class ExportJob(TenantOwned):
    """:ivar fence: raised by each claim; a run that holds an older one has lost.

    :ivar lease_until: by the database's clock; renewed by a heartbeat.
    :ivar resolved_range: what ``date_range`` meant when the job was first claimed.
    :ivar woken_at: when a message that there is work was last sent for it.
    :ivar batch_index: its place in the batch, from 0.

    :ivar is_encrypted: its file opens with a password only.

    :ivar wrapped_password: under SECRETS_KEYS, and only while the job lives.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    mode = models.CharField(max_length=12, choices=Mode)
    queue = models.CharField(max_length=20, default=INTERACTIVE)
    export_type = models.CharField(max_length=40)
    format = models.CharField(max_length=20)
    spec = models.JSONField()
    template_id = models.CharField(max_length=80, null=True)
    template_version = models.PositiveIntegerField(null=True)
    metadata = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=80)
    actor_label = models.CharField(max_length=200)
    clearance = models.PositiveSmallIntegerField()
    is_encrypted = models.BooleanField(default=False)
    wrapped_password = models.CharField(max_length=600, blank=True, default="")
    request_id = models.CharField(max_length=128, blank=True)
    retried_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+"
    )
    batch = models.ForeignKey(
        "exports.ExportBatch", on_delete=models.PROTECT, null=True, related_name="jobs"
    )
    batch_index = models.PositiveSmallIntegerField(null=True)

    status = models.CharField(
        max_length=12, choices=JobStatus, default=JobStatus.PENDING
    )
    current_step = models.PositiveSmallIntegerField(default=0)
    progress = models.FloatField(default=0.0)
    rows_expected = models.BigIntegerField(null=True)
    rows_written = models.BigIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    attempt = models.PositiveIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=200, blank=True)
    woken_at = models.DateTimeField(null=True)
    resolved_range = models.JSONField(null=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)

    objects: ClassVar = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=JobStatus.values),
                name="exports_job_status_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["completed", "failed", "cancelled"],
                    completed_at__isnull=False,
                )
                | Q(status__in=["pending", "processing"], completed_at__isnull=True),
                name="exports_job_completed_at_when_final",
            ),
            models.CheckConstraint(
                condition=Q(status="processing", lease_until__isnull=False)
                | (~Q(status="processing") & Q(lease_until__isnull=True)),
                name="exports_job_lease_when_processing",
            ),
            models.CheckConstraint(
                condition=(Q(status="failed") & ~Q(error_code=""))
                | (~Q(status="failed") & Q(error_code="")),
                name="exports_job_error_when_failed",
            ),
            models.CheckConstraint(
                condition=Q(progress__range=(0, 1)), name="exports_job_progress_range"
            ),
            models.CheckConstraint(
                condition=~Q(status="completed")
                | Q(rows_expected__isnull=False, rows_written=F("rows_expected")),
                name="exports_job_complete_when_completed",
            ),
            models.CheckConstraint(
                condition=Q(is_encrypted=True, status__in=["pending", "processing"])
                & ~Q(wrapped_password="")
                | Q(wrapped_password="")
                & (
                    Q(is_encrypted=False)
                    | Q(status__in=["completed", "failed", "cancelled"])
                ),
                name="exports_job_password_while_alive",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "queue", "business", "created_at"],
                name="exports_job_claim",
            ),
            models.Index(
                fields=["business", "mode", "-created_at", "-id"],
                name="exports_job_newest",
            ),
            models.Index(fields=["business", "created_at"], name="exports_job_asked"),
            models.Index(
                fields=["business", "mode", "started_at"], name="exports_job_turn"
            ),
            models.Index(
                fields=["completed_at"],
                condition=Q(completed_at__isnull=False),
                name="exports_job_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.job_id

    @property
    def job_id(self) -> str:
        return ids.show("job", self.pk)

    @property
    def export_id(self) -> str:
        return ids.show("exp", self.pk)

    @property
    def is_for_staff(self) -> bool:
        return self.export_type == CUSTOMER_360

    @property
    def step_description(self) -> str:
        if self.status == JobStatus.COMPLETED:
            return DONE
        return STEPS[self.current_step]

    @property
    def seconds(self) -> float | None:
        """From the last claim to the end."""
        if self.started_at is None or self.completed_at is None:
            return None
        return (self.completed_at - self.started_at).total_seconds()

    def move_fields(self, to: JobStatus, *, now: datetime) -> dict[str, Any]:
        """What goes with a status, so that the constraints hold."""
        fields: dict[str, Any] = {"status": to, "lease_until": None, "worker": ""}
        if to in {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED}:
            fields |= {"completed_at": now, "wrapped_password": ""}
        if to is JobStatus.COMPLETED:
            fields |= {"progress": 1.0, "current_step": len(STEPS) - 1}
        return fields
