"""Audit logs: what a business's users did, one act a row."""

from typing import Any, Final

from django.db.models import QuerySet

from customers.clearance import Clearance
from customers.models import AuditLog, Business
from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets.base import Column, Dataset


class AuditLogs(Dataset):
    name = "audit_logs"
    title = "Audit logs"
    description = "What the users of the business did on the platform."
    time_column = "timestamp"
    reads = (AuditLog,)
    follows = ("",)
    columns = (
        Column("id", ColumnType.UUID, Clearance.PUBLIC, "The entry", label="ID"),
        Column("timestamp", ColumnType.DATETIME, Clearance.PUBLIC, "When it happened"),
        Column(
            "user_id",
            ColumnType.TEXT,
            Clearance.INTERNAL,
            "The account that acted",
            label="User ID",
            nullable=True,
        ),
        Column(
            "user_email",
            ColumnType.TEXT,
            Clearance.PERSONAL,
            "Email address of that account",
            nullable=True,
        ),
        Column("action", ColumnType.TEXT, Clearance.PUBLIC, "What was done"),
        Column("resource", ColumnType.TEXT, Clearance.PUBLIC, "To what kind of thing"),
        Column(
            "resource_id",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "To which one",
            label="Resource ID",
            nullable=True,
        ),
        Column("outcome", ColumnType.TEXT, Clearance.PUBLIC, "Whether it was done"),
        Column(
            "ip_address",
            ColumnType.TEXT,
            Clearance.INTERNAL,
            "Address it came from: of a staff account at work, so internal",
            label="IP address",
            nullable=True,
        ),
        Column(
            "user_agent",
            ColumnType.TEXT,
            Clearance.INTERNAL,
            "Program it came from: of a staff account at work, so internal",
            nullable=True,
        ),
        Column(
            "metadata",
            ColumnType.JSON,
            Clearance.INTERNAL,
            "What else is known of it",
            filterable=False,
            sortable=False,
        ),
    )

    def rows(self, business: Business) -> QuerySet[Any]:
        return AuditLog.objects.for_business(business.id)


DATASET: Final = AuditLogs()
