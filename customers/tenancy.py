"""The one tenant filter: rows that belong to a business, and how to ask for them."""

from typing import Self, TypeVar

from django.db import models

from customers.reach import Businesses, within

_Row = TypeVar("_Row", bound=models.Model)


class TenantQuerySet(models.QuerySet[_Row]):
    def newest_first(self) -> Self:
        """Of rows that say when they were made."""
        return self.order_by("-created_at", "-id")

    def for_business(self, business_id: str) -> Self:
        return self.filter(business_id=business_id)

    def for_businesses(self, businesses: Businesses) -> Self:
        return self.filter(within(businesses))


class TenantOwned(models.Model):
    """A row that belongs to exactly one business."""

    business = models.ForeignKey(
        "customers.Business", on_delete=models.PROTECT, related_name="+"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True
