"""The service's own record of who did what; the database lets it only grow."""

from django.db import models
from django.utils import timezone

from customers.ids import new_id


class AuditEvent(models.Model):
    """One deed. No foreign keys: it outlives what it speaks of."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=timezone.now)
    business_id = models.CharField(max_length=64, null=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=200)
    action = models.CharField(max_length=64)
    object_type = models.CharField(max_length=64, blank=True)
    object_id = models.CharField(max_length=128, blank=True)
    outcome = models.CharField(max_length=32)
    ip_address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=128, blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["business_id", "at", "id"], name="customers_auditevent_at"
            ),
            models.Index(
                fields=["business_id", "action", "at"],
                name="customers_auditevent_action",
            ),
            models.Index(
                fields=["object_type", "object_id"], name="customers_auditevent_object"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor_label}"
