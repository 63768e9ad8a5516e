"""User data: the user accounts of a business."""

from typing import Any, Final

from django.db.models import QuerySet

from customers.clearance import Clearance
from customers.models import Business, UserAccount
from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets.base import Column, Dataset


class UserData(Dataset):
    name = "user_data"
    title = "User data"
    description = "User accounts of the business with their activity."
    time_column = "created_at"
    reads = (UserAccount,)
    follows = ("",)
    columns = (
        Column("id", ColumnType.UUID, Clearance.PUBLIC, "The account", label="ID"),
        Column("email", ColumnType.TEXT, Clearance.PERSONAL, "Email address"),
        Column("name", ColumnType.TEXT, Clearance.PERSONAL, "Name of the person"),
        Column("role", ColumnType.TEXT, Clearance.INTERNAL, "Role in the business"),
        Column("status", ColumnType.TEXT, Clearance.INTERNAL, "Whether it can be used"),
        Column(
            "last_login_at",
            ColumnType.DATETIME,
            Clearance.INTERNAL,
            "When it last signed in",
            nullable=True,
        ),
        Column(
            "logins_30d",
            ColumnType.INTEGER,
            Clearance.INTERNAL,
            "Sign-ins of the last 30 days",
            label="Logins (30 days)",
        ),
        Column(
            "actions_30d",
            ColumnType.INTEGER,
            Clearance.INTERNAL,
            "Acts of the last 30 days",
            label="Actions (30 days)",
        ),
        Column(
            "created_at", ColumnType.DATETIME, Clearance.PUBLIC, "When it was opened"
        ),
    )

    def rows(self, business: Business) -> QuerySet[Any]:
        return UserAccount.objects.for_business(business.id)


DATASET: Final = UserData()
