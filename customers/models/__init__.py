"""The tables of who and what data."""

from customers.models.activity import AuditLog, UserAccount
from customers.models.audit import AuditEvent
from customers.models.businesses import ApiKey, Business
from customers.models.companies import Company, Report, Verification
from customers.models.people import (
    Customer,
    Note,
    Order,
    OrderLine,
    Segment,
    SupportTicket,
    Tag,
)
from customers.models.rows import ExportableRow, OwnedRow, Tombstone
from customers.models.staff import Membership, StaffToken, User

__all__ = [
    "ApiKey",
    "AuditEvent",
    "AuditLog",
    "Business",
    "Company",
    "Customer",
    "ExportableRow",
    "Membership",
    "Note",
    "Order",
    "OrderLine",
    "OwnedRow",
    "Report",
    "Segment",
    "StaffToken",
    "SupportTicket",
    "Tag",
    "Tombstone",
    "User",
    "UserAccount",
    "Verification",
]
