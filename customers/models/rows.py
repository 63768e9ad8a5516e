"""What the tables of a business have in common: the owner, and the place in time."""

from django.db import models

from customers.tenancy import TenantOwned


class OwnedRow(TenantOwned):
    """A tenant's row; the database refuses to move one to another business."""

    # Every table has an index that begins with the business: one on the business
    # alone (PostgreSQL: two, one for LIKE) would only make writing slower.
    business = models.ForeignKey(
        "customers.Business",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        abstract = True


class ExportableRow(OwnedRow):
    """A row whose changes can be followed.

    ``change_seq`` rises with every insert and update, ``change_xid`` is the writing
    transaction (PostgreSQL only). The database sets both: what is written here is lost.
    """

    change_seq = models.BigIntegerField(default=0, editable=False)
    change_xid = models.BigIntegerField(null=True, editable=False)

    class Meta:
        abstract = True


class Tombstone(models.Model):
    """A deleted row of an exportable table; written by the database alone."""

    seq = models.BigIntegerField(primary_key=True)
    table_name = models.CharField(max_length=63)
    row_id = models.UUIDField()
    business_id = models.CharField(max_length=64)
    deleted_at = models.DateTimeField()
    xid = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["business_id", "seq"], name="customers_tombstone_changes"
            )
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"
