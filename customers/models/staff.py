"""The people of the admin: accounts, memberships with roles, tokens."""

from datetime import datetime
from typing import Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from customers.ids import new_id
from customers.models.businesses import Business


class User(AbstractUser):
    """A member of staff."""


class Membership(models.Model):
    """A role in one business, or in all of them when ``business`` is null."""

    class Role(models.TextChoices):
        VIEWER = "viewer"
        OPERATOR = "operator"
        MANAGER = "manager"
        AUDITOR = "auditor"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    business = models.ForeignKey(
        Business,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
    )
    role = models.CharField(max_length=16, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "business"],
                condition=models.Q(business__isnull=False),
                name="customers_membership_one_per_business",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(business__isnull=True),
                name="customers_membership_one_for_all",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    role__in=["viewer", "operator", "manager", "auditor"]
                ),
                name="customers_membership_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.business_id or 'all businesses'}"


class StaffTokenQuerySet(models.QuerySet["StaffToken"]):
    def live(self, now: datetime) -> Self:
        """Neither revoked nor over, and the person's account is active."""
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=now)
        return self.filter(unexpired, revoked_at=None, user__is_active=True)


class StaffToken(models.Model):
    """What a member of staff uses instead of a session; kept as a hash only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = StaffTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"
