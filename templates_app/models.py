"""The templates that businesses keep for themselves, and what runs by itself."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers import ids
from customers.ids import new_id
from customers.models.businesses import validate_slug, validate_time_zone
from customers.tenancy import TenantOwned, TenantQuerySet
from exports.models import ExportJob
from templates_app.missed import Missed
from templates_app.saved import Template
from templates_app.timetable import MAX_CRON, Timetable


class ExportTemplate(TenantOwned):
    """:ivar slug: its public id, unique within the business.

    :ivar columns: as they came; null: all that may be seen by whoever runs it.
    :ivar version: raised by each change; a job keeps the one it was made of.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField("id", max_length=64, validators=[validate_slug])
    name = models.CharField(max_length=200)
    description = models.CharField(max_length=2000, blank=True)
    export_type = models.CharField("type", max_length=40)
    format = models.CharField(max_length=20)
    columns = models.JSONField(null=True, blank=True)
    filters = models.JSONField(default=dict, blank=True)
    sort_by = models.JSONField(null=True, blank=True)
    sort_order = models.CharField(max_length=4, default="asc")
    options = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = TenantQuerySet["ExportTemplate"].as_manager()

    class Meta:
        verbose_name = "template"
        constraints = [
            models.UniqueConstraint(
                fields=["business", "slug"], name="templates_template_slug_unique"
            ),
            models.CheckConstraint(
                condition=~models.Q(slug=""), name="templates_template_slug_filled"
            ),
            models.CheckConstraint(
                condition=models.Q(sort_order__in=["asc", "desc"]),
                name="templates_template_sort_order_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.business_id}/{self.slug}"

    def value(self) -> Template:
        return Template(
            id=self.slug,
            business_id=self.business_id,
            name=self.name,
            description=self.description,
            type=self.export_type,
            format=self.format,
            columns=self.columns,
            filters=self.filters,
            sort_by=self.sort_by,
            sort_order=self.sort_order,
            options=self.options,
            version=self.version,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


class ScheduleQuerySet(TenantQuerySet["Schedule"]):
    def due(self, now: datetime) -> Self:
        return self.filter(next_at__lte=now).order_by("next_at", "id")


class Schedule(TenantOwned):
    """An export that runs by itself.

    :ivar cron: or ``interval_minutes``, counted from ``anchor_at``.
    :ivar export: the request, without its business; or ``customers``: that of a bulk
        export of customers, in the ``language`` of whoever asked for it.
    :ivar owner_kind: with id and label: whose rights it runs with.
    :ivar data_range: whether each run exports only what is new since the time before,
        or what has changed since the last completed one.
    :ivar next_at: the first time that is open; null: it is paused, or over.
    :ivar covered_until: the end of the last such range.
    :ivar failures: of runs, one after the other.
    :ivar wrapped_password: of its files, under SECRETS_KEYS; empty: they have none.
    :ivar version: raised by each change.
    """

    class DataRange(models.TextChoices):
        AS_ASKED = "as_asked"
        SINCE_PREVIOUS = "since_previous"
        CHANGES = "changes"

    class Paused(models.TextChoices):
        BY_REQUEST = "by_request"
        FAILURES = "failures"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    cron = models.CharField(max_length=MAX_CRON, blank=True, default="")
    interval_minutes = models.PositiveIntegerField(null=True)
    anchor_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64, validators=[validate_time_zone])
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    export = models.JSONField(null=True)
    customers = models.JSONField(null=True)
    language = models.CharField(max_length=20, default="en")
    wrapped_password = models.CharField(max_length=600, blank=True, default="")
    missed = models.CharField(max_length=12, choices=Missed, default=Missed.RUN_ONCE)
    data_range = models.CharField(
        max_length=20, choices=DataRange, default=DataRange.AS_ASKED
    )
    only_if_changed = models.BooleanField(default=False)
    only_if_not_empty = models.BooleanField(default=False)
    owner_kind = models.CharField(max_length=20)
    owner_id = models.CharField(max_length=80)
    owner_label = models.CharField(max_length=200)
    next_at = models.DateTimeField(null=True)
    covered_until = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(null=True)
    paused_reason = models.CharField(
        max_length=12, choices=Paused, blank=True, default=""
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = ScheduleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cron="", interval_minutes__isnull=False)
                | (~Q(cron="") & Q(interval_minutes__isnull=True)),
                name="templates_schedule_cron_or_interval",
            ),
            models.CheckConstraint(
                condition=Q(export__isnull=True, customers__isnull=False)
                | Q(export__isnull=False, customers__isnull=True),
                name="templates_schedule_export_or_customers",
            ),
            models.CheckConstraint(
                condition=Q(wrapped_password="") | Q(customers__isnull=True),
                name="templates_schedule_password_of_exports",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, paused_reason="")
                | (Q(paused_at__isnull=False, next_at__isnull=True))
                & ~Q(paused_reason=""),
                name="templates_schedule_paused_with_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(next_at__isnull=False),
                name="templates_schedule_due",
            ),
        ]

    def __str__(self) -> str:
        return self.schedule_id

    @property
    def schedule_id(self) -> str:
        return ids.show("sch", self.pk)

    @property
    def has_password(self) -> bool:
        return bool(self.wrapped_password)

    @property
    def purpose(self) -> str:
        """What its password is wrapped for."""
        return f"password of schedule {self.pk}"

    @property
    def timetable(self) -> Timetable:
        return Timetable(
            zone=self.time_zone,
            anchor=self.anchor_at,
            cron=self.cron,
            minutes=self.interval_minutes,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )


class ScheduleRun(TenantOwned):
    """One time at which a schedule was due: once, whoever else looked.

    :ivar fire_at: when it was due; of one that was asked for: when that was.
    :ivar missed: how many times before it get no run of their own.
    :ivar covers_from: with covers_until: the range of a run since the previous one.
    :ivar mark: where the change sequence stood before its data was read.
    """

    class Trigger(models.TextChoices):
        DUE = "due"
        MANUAL = "manual"

    class Status(models.TextChoices):
        RUNNING = "running"
        COMPLETED = "completed"
        FAILED = "failed"
        CANCELLED = "cancelled"
        SKIPPED = "skipped"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    schedule = models.ForeignKey(
        Schedule, on_delete=models.CASCADE, related_name="runs"
    )
    fire_at = models.DateTimeField()
    trigger = models.CharField(max_length=8, choices=Trigger, default=Trigger.DUE)
    status = models.CharField(max_length=12, choices=Status, default=Status.RUNNING)
    job = models.OneToOneField(
        ExportJob, on_delete=models.PROTECT, null=True, related_name="schedule_run"
    )
    missed = models.PositiveIntegerField(default=0)
    covers_from = models.DateTimeField(null=True)
    covers_until = models.DateTimeField(null=True)
    mark = models.JSONField(null=True)
    reason_code = models.CharField(max_length=40, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar = TenantQuerySet["ScheduleRun"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "fire_at"], name="templates_run_once"
            ),
            models.CheckConstraint(
                condition=Q(status="running", ended_at__isnull=True)
                | (~Q(status="running") & Q(ended_at__isnull=False)),
                name="templates_run_ended_unless_running",
            ),
            models.CheckConstraint(
                condition=~Q(status="running") | Q(job__isnull=False),
                name="templates_run_has_a_job_while_running",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(status="running"),
                name="templates_run_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.fire_at}"

    @property
    def run_id(self) -> str:
        return ids.show("run", self.pk)
