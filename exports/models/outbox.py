"""What is to be told to whom: written with the deed, delivered after its commit."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from customers import ids
from customers.tenancy import TenantOwned, TenantQuerySet
from exports.models.destinations import Destination
from exports.models.webhooks import Webhook
from exports.states import DeliveryState


class DeliveryQuerySet(TenantQuerySet["Delivery"]):
    def pending(self) -> Self:
        return self.filter(state=DeliveryState.PENDING)

    def unclaimed(self) -> Self:
        """Nobody is at it, or whoever was has let the lease run out."""
        return self.pending().filter(Q(lease_until=None) | Q(lease_until__lt=Now()))

    def due(self, now: datetime) -> Self:
        """What may be tried now: nothing else is on its way to the same target."""
        on_its_way = Delivery.objects.filter(
            business_id=OuterRef("business_id"),
            channel=OuterRef("channel"),
            target=OuterRef("target"),
            lease_until__gte=Now(),
        )
        return self.unclaimed().filter(~Exists(on_its_way), due_at__lte=now)

    def to_the_same(self, as_that: "Delivery") -> Self:
        return self.filter(
            business_id=as_that.business_id,
            channel=as_that.channel,
            target=as_that.target,
        )


class Delivery(TenantOwned):
    """:ivar event_id: the same in every attempt, and for every endpoint.

    :ivar target: the id of a webhook or destination, or an address of mail.
    :ivar language: of who reads it; empty for a program.
    :ivar fence: raised by each claim, so it is the number of the attempt too.
    :ivar tries: failed ones, since it was last sent on its way.
    :ivar lease_until: by the database's clock.
    :ivar receipt: of a file that arrived: its name there, bytes, sha256, ETag, when.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    event_id = models.UUIDField()
    event = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)
    target = models.CharField(max_length=254)
    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, null=True, related_name="deliveries"
    )
    destination = models.ForeignKey(
        Destination, on_delete=models.CASCADE, null=True, related_name="deliveries"
    )
    language = models.CharField(max_length=10, blank=True)
    payload = models.JSONField()
    receipt = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=DeliveryState, default=DeliveryState.PENDING
    )
    tries = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="pending", ended_at__isnull=True)
                | Q(
                    state__in=["delivered", "failed"],
                    ended_at__isnull=False,
                    lease_until__isnull=True,
                ),
                name="exports_delivery_ended_at_when_over",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state="pending"),
                name="exports_delivery_due",
            ),
            models.Index(
                fields=["business", "channel", "target", "lease_until"],
                name="exports_delivery_target",
            ),
            models.Index(
                fields=["webhook", "-created_at", "-id"], name="exports_delivery_log"
            ),
            models.Index(
                fields=["destination", "-created_at", "-id"],
                name="exports_delivery_brought",
            ),
            models.Index(fields=["ended_at"], name="exports_delivery_ended"),
        ]

    def __str__(self) -> str:
        return self.delivery_id

    @property
    def delivery_id(self) -> str:
        return ids.show("dlv", self.pk)

    @property
    def message_id(self) -> str:
        return ids.show("msg", self.event_id)

    @property
    def next_attempt_at(self) -> datetime | None:
        return self.due_at if self.state == DeliveryState.PENDING else None


class Attempt(models.Model):
    """One try to deliver.

    :ivar status: of the HTTP answer; None without one.
    :ivar error: empty when it arrived.
    """

    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="attempts"
    )
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    seconds = models.FloatField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)

    objects: ClassVar = models.Manager["Attempt"]()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "number"], name="exports_attempt_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} #{self.number}"
