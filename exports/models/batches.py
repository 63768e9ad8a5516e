"""Several exports asked for at once; their jobs say how far it is."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from customers import ids
from customers.tenancy import TenantOwned, TenantQuerySet


class BatchQuerySet(TenantQuerySet["ExportBatch"]):
    pass


class ExportBatch(TenantOwned):
    """:ivar bundle: one archive of all files was asked for."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    bundle = models.BooleanField(default=False)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = BatchQuerySet.as_manager()

    def __str__(self) -> str:
        return self.batch_id

    @property
    def batch_id(self) -> str:
        return ids.show("bat", self.pk)
