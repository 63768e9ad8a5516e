"""What a business's users did on the platform, and their accounts there."""

from django.core.validators import validate_ipv46_address
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.ids import new_id
from customers.models.rows import ExportableRow


class AuditLog(ExportableRow):
    """An entry of the platform's record: exportable, unlike this service's own."""

    class Outcome(models.TextChoices):
        SUCCESS = "success"
        FAILURE = "failure"
        DENIED = "denied"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    timestamp = models.DateTimeField(default=timezone.now)
    user_id = models.CharField(max_length=64)
    user_email = models.CharField(max_length=254, blank=True)
    action = models.CharField(max_length=64)
    resource = models.CharField(max_length=64)
    resource_id = models.CharField(max_length=128, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.SUCCESS)
    # Text, so that both databases compare and sort it alike.
    ip_address = models.CharField(
        max_length=45, blank=True, validators=[validate_ipv46_address]
    )
    user_agent = models.CharField(max_length=500, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["success", "failure", "denied"]),
                name="customers_auditlog_outcome_known",
            )
        ]
        indexes = [
            models.Index(
                fields=["business", "timestamp", "id"],
                name="customers_auditlog_timestamp",
            ),
            models.Index(
                fields=["business", "action", "timestamp"],
                name="customers_auditlog_action",
            ),
            models.Index(
                fields=["business", "change_seq"], name="customers_auditlog_changes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.resource}"


class UserAccount(ExportableRow):
    """An account of the business on the platform."""

    class Role(models.TextChoices):
        OWNER = "owner"
        ADMIN = "admin"
        ANALYST = "analyst"
        VIEWER = "viewer"

    class Status(models.TextChoices):
        ACTIVE = "active"
        INVITED = "invited"
        SUSPENDED = "suspended"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.CharField(max_length=254)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=16, choices=Role, default=Role.VIEWER)
    status = models.CharField(max_length=16, choices=Status, default=Status.ACTIVE)
    last_login_at = models.DateTimeField(null=True, blank=True)
    logins_30d = models.PositiveIntegerField(default=0)
    actions_30d = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "email"], name="customers_useraccount_email_unique"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "admin", "analyst", "viewer"]),
                name="customers_useraccount_role_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["active", "invited", "suspended"]),
                name="customers_useraccount_status_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "created_at", "id"],
                name="customers_useraccount_created",
            ),
            models.Index(
                fields=["business", "change_seq"],
                name="customers_useraccount_changes",
            ),
        ]

    def __str__(self) -> str:
        return self.email
