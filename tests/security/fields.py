"""Which fields go out under which name, and which never do, each with the reason."""

from typing import Final

KEY = "a key between tables, which says nothing of itself"
ORDER = "the place in the list, which the order of the list shows"
WRITTEN_BY_DATABASE = "written by the database, to follow changes"

NEVER: Final = {
    **dict.fromkeys(
        (
            f"{model}.{field}"
            for model in (
                *("Company", "Verification", "Report", "AuditLog", "UserAccount"),
                "Customer",
            )
            for field in ("change_seq", "change_xid")
        ),
        WRITTEN_BY_DATABASE,
    ),
    **dict.fromkeys(
        (
            *("Verification.business", "Report.business", "AuditLog.business"),
            *("UserAccount.business", "Order.business", "OrderLine.business"),
            *("Note.business", "Tag.business", "Segment.business"),
            *("SupportTicket.business", "Order.customer", "OrderLine.order"),
            *("Note.customer", "Tag.customer", "Segment.customer"),
            "SupportTicket.customer",
            *("Order.id", "OrderLine.id", "Note.id", "Tag.id", "Segment.id"),
            "SupportTicket.id",
        ),
        KEY,
    ),
    "OrderLine.position": ORDER,
    "Customer.external_id": "the business's own number of the customer",
    "Customer.revision": "written by the database, to find stale copies",
    "SupportTicket.subject": "what was complained of: only counts of tickets go out",
}
"""Neither a column of a dataset nor a part of the customer's view."""

VIEWED: Final = {
    "Customer.id": "profile.id",
    "Customer.name": "profile.name",
    "Customer.email": "profile.email",
    "Customer.phone": "profile.phone",
    "Customer.registered_at": "profile.registered_at",
    "Customer.account_status": "profile.account_status",
    "Customer.addresses": "profile.addresses",
    "Customer.loyalty_level": "profile.loyalty_level",
    "Note.author": "notes.author",
    "Note.body": "notes.body",
    "Note.created_at": "notes.created_at",
    **dict.fromkeys(
        (
            *("Customer.business", "Customer.loyalty_points"),
            *("Order.number", "Order.status", "Order.ordered_at", "Order.currency"),
            *("OrderLine.sku", "OrderLine.product_name", "OrderLine.quantity"),
            *("OrderLine.unit_price", "OrderLine.discount", "OrderLine.amount"),
            *("OrderLine.cancelled", "Tag.name", "Segment.name"),
            *("SupportTicket.status", "SupportTicket.opened_at"),
            "SupportTicket.closed_at",
        ),
        "internal",
    ),
}
"""Field -> its name in the customer's view, or the class of all that has none there."""

FIGURES: Final = {
    "View": (
        *("business_id", "business_name", "time_zone", "revision", "profile"),
        *("metrics", "health", "churn", "segments", "tags", "orders"),
        *("orders_found", "notes", "analytics", "withheld"),
    ),
    "Metrics": (
        *("currency", "lifetime_value", "total_orders", "average_order_value"),
        *("total_spent", "days_since_last_purchase", "purchase_frequency"),
        *("tenure_days", "other_currencies"),
    ),
    "Health": (
        *("score", "band", "purchase", "engagement", "support", "recency"),
        "recommendations",
    ),
    "Churn": ("risk", "band", "strategies"),
    "Line": (
        *("sku", "product_name", "quantity", "unit_price", "discount", "amount"),
        "cancelled",
    ),
    "PlacedOrder": ("number", "status", "ordered_at", "currency", "total", "lines"),
    "Spend": ("month", "orders", "spent"),
    "Product": ("sku", "name", "quantity", "spent"),
    "Analytics": ("months", "statuses", "products"),
}
"""Parts of the view that are internal as a whole: all but the profile and the notes."""
