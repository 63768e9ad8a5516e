"""Who buys from a business, and all that belongs to them."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.ids import new_id
from customers.models.rows import ExportableRow, OwnedRow


class Customer(ExportableRow):
    """``revision`` changes with anything of theirs and never comes twice.

    The database sets it: what is written here is lost.
    """

    class AccountStatus(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"
        CLOSED = "closed"

    class LoyaltyLevel(models.TextChoices):
        BRONZE = "bronze"
        SILVER = "silver"
        GOLD = "gold"
        PLATINUM = "platinum"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=300)
    email = models.CharField(max_length=254, null=True, blank=True)
    phone = models.CharField(max_length=64, null=True, blank=True)
    registered_at = models.DateTimeField(null=True, blank=True)
    account_status = models.CharField(
        max_length=16, choices=AccountStatus, default=AccountStatus.ACTIVE
    )
    addresses = models.JSONField(default=list, blank=True)
    loyalty_level = models.CharField(
        max_length=16, choices=LoyaltyLevel, null=True, blank=True
    )
    loyalty_points = models.PositiveIntegerField(default=0)
    revision = models.BigIntegerField(default=0, editable=False)

    class Meta:
        permissions = [("export_customer", "Can export a customer")]
        constraints = [
            models.UniqueConstraint(
                fields=["business", "external_id"],
                name="customers_customer_external_id_unique",
            ),
            models.CheckConstraint(
                condition=Q(account_status__in=["active", "suspended", "closed"]),
                name="customers_customer_account_status_known",
            ),
            models.CheckConstraint(
                condition=Q(loyalty_level__isnull=True)
                | Q(loyalty_level__in=["bronze", "silver", "gold", "platinum"]),
                name="customers_customer_loyalty_level_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "change_seq"], name="customers_customer_changes"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Order(OwnedRow):
    class Status(models.TextChoices):
        PENDING = "pending"
        SHIPPED = "shipped"
        COMPLETED = "completed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="orders",
        db_index=False,  # customers_order_newest begins with it
    )
    number = models.CharField(max_length=64)
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    ordered_at = models.DateTimeField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "number"], name="customers_order_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["pending", "shipped", "completed", "cancelled"]
                ),
                name="customers_order_status_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["customer", "-ordered_at", "id"], name="customers_order_newest"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(OwnedRow):
    """``amount`` is quantity x unit price x (1 - discount), half-even to cents."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(
        Order,
        on_delete=models.CASCADE,
        related_name="lines",
        db_index=False,  # customers_orderline_position_unique begins with it
    )
    position = models.PositiveIntegerField()
    sku = models.CharField(max_length=64)
    product_name = models.CharField(max_length=300, blank=True)
    quantity = models.IntegerField()
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    discount = models.DecimalField(max_digits=5, decimal_places=4, default=Decimal(0))
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    cancelled = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "position"],
                name="customers_orderline_position_unique",
            ),
            models.CheckConstraint(
                condition=Q(discount__range=(0, 1)),
                name="customers_orderline_discount_range",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "sku"], name="customers_orderline_sku"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"


class Note(OwnedRow):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="notes", db_index=False
    )
    author = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["customer", "-created_at", "id"], name="customers_note_newest"
            ),
        ]

    def __str__(self) -> str:
        return self.body[:80]


class Tag(OwnedRow):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="tags", db_index=False
    )
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "name"], name="customers_tag_name_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Segment(OwnedRow):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="segments", db_index=False
    )
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "name"], name="customers_segment_name_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SupportTicket(OwnedRow):
    """Closed exactly when it has a time of closing."""

    class Status(models.TextChoices):
        OPEN = "open"
        WAITING = "waiting"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="tickets", db_index=False
    )
    subject = models.CharField(max_length=300)
    status = models.CharField(max_length=16, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | Q(status__in=["open", "waiting"], closed_at__isnull=True),
                name="customers_supportticket_closed_with_time",
            )
        ]
        indexes = [
            models.Index(
                fields=["customer", "-opened_at", "id"],
                name="customers_ticket_newest",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
