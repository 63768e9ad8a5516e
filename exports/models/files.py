"""The file of a completed export: where it lies, what it is, what became of it."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models

from customers.clearance import Clearance
from customers.tenancy import TenantOwned, TenantQuerySet
from exports.models.jobs import ExportJob
from exports.states import FileState


class FileQuerySet(TenantQuerySet["ExportFile"]):
    def expired(self, now: datetime) -> Self:
        return self.filter(state=FileState.STORED, expires_at__lte=now)


class ExportFile(TenantOwned):
    """:ivar key: of the storage; empty when the bytes were streamed, not stored.

    :ivar sha256: and ``size`` are of the bytes as stored or sent.
    :ivar discloses: the highest class that its reader learns something of.
    :ivar debug: milliseconds a step, rows and batches of the run.
    """

    job = models.OneToOneField(
        ExportJob, on_delete=models.PROTECT, primary_key=True, related_name="file"
    )
    state = models.CharField(max_length=10, choices=FileState)
    key = models.CharField(max_length=300, blank=True)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    row_count = models.BigIntegerField()
    rows_expected = models.BigIntegerField()
    completeness = models.CharField(max_length=10)
    columns = models.JSONField()
    manifest = models.JSONField()
    generated_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    seconds = models.FloatField()
    debug = models.JSONField(default=dict)
    # What was made before this was noted may hold anything.
    discloses = models.PositiveSmallIntegerField(default=Clearance.SENSITIVE)

    objects: ClassVar = FileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(row_count=models.F("rows_expected")),
                name="exports_file_complete",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=FileState.values),
                name="exports_file_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(discloses__in=[each.value for each in Clearance]),
                name="exports_file_class_known",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "expires_at"], name="exports_file_expiry")
        ]

    def __str__(self) -> str:
        return self.name
