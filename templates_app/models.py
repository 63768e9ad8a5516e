"""The templates that businesses keep for themselves."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from customers.ids import new_id
from customers.models.businesses import validate_slug
from customers.tenancy import TenantOwned, TenantQuerySet
from templates_app.saved import Template


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
