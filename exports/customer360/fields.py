"""Which fields each part of the report shows, in which order and under which names."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from customers.view360.shape import PlacedOrder, View


class Kind(StrEnum):
    """What a value is, and with that how each format writes it."""

    TEXT = "text"
    WORD = "word"
    """One of a few states, that have names for people."""
    MOMENT = "moment"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    NAMES = "names"
    """Any number of them, in one cell."""
    NESTED = "nested"
    """Lists and objects of JSON."""


@dataclass(frozen=True, slots=True)
class Field:
    """:ivar name: of the part's attribute.

    :ivar scale: digits after the point, of a decimal and of money.
    """

    name: str
    label: StrPromise
    kind: Kind = Kind.TEXT
    scale: int = 2

    def of(self, part: Any) -> Any:
        return getattr(part, self.name)


class Counted(Field):
    """The number of an order's lines."""

    def of(self, part: PlacedOrder) -> int:
        return len(part.lines)


PROFILE: Final = (
    Field("id", _("Customer ID")),
    Field("name", _("Name")),
    Field("email", _("Email")),
    Field("phone", _("Phone")),
    Field("registered_at", _("Registered"), Kind.MOMENT),
    Field("account_status", _("Account Status"), Kind.WORD),
    Field("loyalty_level", _("Loyalty Level"), Kind.WORD),
    Field("addresses", _("Addresses"), Kind.NESTED),
)
METRICS: Final = (
    Field("currency", _("Currency")),
    Field("lifetime_value", _("Lifetime Value"), Kind.MONEY),
    Field("total_orders", _("Total Orders"), Kind.INTEGER),
    Field("average_order_value", _("Average Order Value"), Kind.MONEY),
    Field("total_spent", _("Total Spent"), Kind.MONEY),
    Field("days_since_last_purchase", _("Days Since Last Purchase"), Kind.INTEGER),
    Field("purchase_frequency", _("Purchase Frequency"), Kind.DECIMAL, 4),
    Field("tenure_days", _("Tenure in Days"), Kind.INTEGER),
    # Of orders whose money is in none of these figures.
    Field("other_currencies", _("Other Currencies"), Kind.NAMES),
)
HEALTH: Final = (
    Field("score", _("Health Score"), Kind.INTEGER),
    Field("band", _("Health"), Kind.WORD),
)
HEALTH_PARTS: Final = (
    Field("purchase", _("Purchase"), Kind.DECIMAL),
    Field("engagement", _("Engagement"), Kind.DECIMAL),
    Field("support", _("Support"), Kind.DECIMAL),
    Field("recency", _("Recency"), Kind.DECIMAL),
)
CHURN: Final = (
    Field("risk", _("Churn Risk"), Kind.DECIMAL),
    Field("band", _("Churn"), Kind.WORD),
)
ORDERS: Final = (
    Field("number", _("Order")),
    Field("ordered_at", _("Ordered"), Kind.MOMENT),
    Field("status", _("Status"), Kind.WORD),
    Counted("lines", _("Lines"), Kind.INTEGER),
    Field("currency", _("Currency")),
    Field("total", _("Total"), Kind.MONEY),
)
LINES: Final = (
    Field("number", _("Order")),
    Field("sku", _("SKU")),
    Field("product_name", _("Product")),
    Field("quantity", _("Quantity"), Kind.INTEGER),
    Field("unit_price", _("Unit Price"), Kind.MONEY, 4),
    Field("discount", _("Discount"), Kind.DECIMAL, 4),
    Field("amount", _("Amount"), Kind.MONEY),
    Field("currency", _("Currency")),
    Field("cancelled", _("Cancelled")),
)
"""Of a line, but for the number and the currency of its order."""
NOTES: Final = (
    Field("created_at", _("Written"), Kind.MOMENT),
    Field("author", _("Author")),
    Field("body", _("Note")),
)
PRODUCTS: Final = (
    Field("sku", _("SKU")),
    Field("name", _("Product")),
    Field("quantity", _("Quantity"), Kind.INTEGER),
    Field("spent", _("Spent"), Kind.MONEY),
)


def is_withheld(view: View, part: str, field: Field) -> bool:
    """:param part: as ``View.withheld`` names it, ``profile`` for one."""
    return f"{part}.{field.name}" in view.withheld
