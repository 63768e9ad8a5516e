"""Addresses of a business's own that are told what became of its exports."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers import ids
from customers.tenancy import TenantOwned, TenantQuerySet
from exports.states import WebhookStatus


class WebhookQuerySet(TenantQuerySet["Webhook"]):
    def active(self) -> Self:
        return self.filter(status=WebhookStatus.ACTIVE)


class Webhook(TenantOwned):
    """:ivar events: the names of what it is told of.

    :ivar contact: is mailed when the endpoint is disabled; empty: nobody is.
    :ivar wrapped_secret: under SECRETS_KEYS.
    :ivar wrapped_old_secret: the one before, which signs too until ``overlap_until``.
    :ivar disabled_for: why, in words; empty while it is active.
    :ivar succeeded_at: when something last arrived.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    url = models.CharField(max_length=2000)
    events = models.JSONField()
    description = models.CharField(max_length=200, blank=True)
    contact = models.CharField(max_length=254, blank=True)
    wrapped_secret = models.CharField(max_length=400)
    wrapped_old_secret = models.CharField(max_length=400, blank=True)
    overlap_until = models.DateTimeField(null=True)
    status = models.CharField(
        max_length=10, choices=WebhookStatus, default=WebhookStatus.ACTIVE
    )
    disabled_for = models.CharField(max_length=200, blank=True)
    succeeded_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = WebhookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(status="active") & Q(disabled_for=""))
                | (Q(status="disabled") & ~Q(disabled_for="")),
                name="exports_webhook_reason_when_disabled",
            ),
            models.CheckConstraint(
                condition=(Q(wrapped_old_secret="") & Q(overlap_until__isnull=True))
                | (~Q(wrapped_old_secret="") & Q(overlap_until__isnull=False)),
                name="exports_webhook_overlap_has_an_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "-created_at", "-id"], name="exports_webhook_newest"
            )
        ]

    def __str__(self) -> str:
        return self.webhook_id

    @property
    def webhook_id(self) -> str:
        return ids.show("whk", self.pk)

    @property
    def purpose(self) -> str:
        """What its secrets are wrapped for."""
        return f"webhook:{self.pk}"
