"""Places of a business's own that files are brought to."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers import ids
from customers.tenancy import TenantOwned, TenantQuerySet
from exports.states import DestinationKind


class DestinationQuerySet(TenantQuerySet["Destination"]):
    pass


class Destination(TenantOwned):
    """:ivar address: what leads there, nothing of it secret: ``ADDRESSES`` by kind.

    :ivar path: the pattern of a file's name there.
    :ivar wrapped_credentials: JSON, under SECRETS_KEYS.
    :ivar succeeded_at: when something last arrived.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=DestinationKind)
    address = models.JSONField()
    path = models.CharField(max_length=300)
    wrapped_credentials = models.TextField()
    succeeded_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = DestinationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=DestinationKind.values),
                name="exports_destination_kind_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "-created_at", "-id"],
                name="exports_destination_newest",
            )
        ]

    def __str__(self) -> str:
        return self.destination_id

    @property
    def destination_id(self) -> str:
        return ids.show("dst", self.pk)

    @property
    def purpose(self) -> str:
        """What its credentials are wrapped for."""
        return f"destination:{self.pk}"
