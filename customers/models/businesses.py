"""The tenants, and the keys their programs come with."""

from datetime import datetime
from typing import Self
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from customers.ids import new_id


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError("'%(name)s' is no IANA time zone", params={"name": name})


validate_slug = RegexValidator(
    r"\A[a-z0-9_-]{1,64}\Z",
    "1 to 64 of the characters a-z, 0-9, '_' and '-'",
)
validate_currency = RegexValidator(
    r"\A[A-Z]{3}\Z", "an ISO 4217 code: three capital letters"
)


class Business(models.Model):
    """A tenant; its id is its public slug."""

    id = models.CharField(primary_key=True, max_length=64, validators=[validate_slug])
    name = models.CharField(max_length=200)
    time_zone = models.CharField(
        max_length=64, default="UTC", validators=[validate_time_zone]
    )
    currency = models.CharField(
        max_length=3, default="EUR", validators=[validate_currency]
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "businesses"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(id=""), name="customers_business_id_filled"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def live(self, now: datetime) -> Self:
        """Neither revoked nor over."""
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=now)
        return self.filter(unexpired, revoked_at=None)


class ApiKey(models.Model):
    """A program's key: its secret is kept as a hash only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    businesses = models.ManyToManyField(Business, related_name="api_keys")
    networks = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"
