"""Business data: the companies that a business verifies."""

from typing import Any, Final

from django.db.models import QuerySet

from customers.clearance import Clearance
from customers.models import Business, Company
from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets.base import Column, Dataset


class BusinessData(Dataset):
    name = "business_data"
    title = "Business data"
    description = "Companies with their register entries, addresses and risk."
    time_column = "created_at"
    reads = (Company,)
    follows = ("",)
    columns = (
        Column(
            "business_id",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "The business that verifies the company",
            label="Business ID",
        ),
        Column(
            "company_id",
            ColumnType.UUID,
            Clearance.PUBLIC,
            "The company",
            source="id",
            label="Company ID",
        ),
        Column("name", ColumnType.TEXT, Clearance.PUBLIC, "Registered name"),
        Column(
            "registration_number",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "Number in its register",
            nullable=True,
        ),
        Column(
            "lei",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "Legal entity identifier (ISO 17442)",
            label="LEI",
            nullable=True,
        ),
        Column(
            "jurisdiction",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "Where it is registered (ISO 3166)",
            nullable=True,
        ),
        Column(
            "legal_form", ColumnType.TEXT, Clearance.PUBLIC, "Legal form", nullable=True
        ),
        Column(
            "address",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "Street and number of the registered office",
            nullable=True,
        ),
        Column(
            "city",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "Town of the registered office",
            nullable=True,
        ),
        Column(
            "postal_code",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "Postal code of the registered office",
            nullable=True,
        ),
        Column(
            "country",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "Country of the registered office (ISO 3166)",
            nullable=True,
        ),
        Column(
            "industry",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "Line of business",
            nullable=True,
        ),
        Column(
            "industry_code",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "Code of the line of business",
            nullable=True,
        ),
        Column("status", ColumnType.TEXT, Clearance.PUBLIC, "Status in its register"),
        Column(
            "incorporated_on",
            ColumnType.DATE,
            Clearance.PUBLIC,
            "Day of incorporation",
            nullable=True,
        ),
        Column(
            "verification_status",
            ColumnType.TEXT,
            Clearance.INTERNAL,
            "Status of its latest verification",
            nullable=True,
        ),
        Column(
            "risk_score",
            ColumnType.INTEGER,
            Clearance.INTERNAL,
            "Risk from 0 to 100",
            nullable=True,
        ),
        Column(
            "last_verified_at",
            ColumnType.DATETIME,
            Clearance.INTERNAL,
            "When it was last verified",
            nullable=True,
        ),
        Column(
            "created_at", ColumnType.DATETIME, Clearance.PUBLIC, "When it was taken in"
        ),
        Column(
            "updated_at", ColumnType.DATETIME, Clearance.PUBLIC, "When it last changed"
        ),
    )

    def rows(self, business: Business) -> QuerySet[Any]:
        return Company.objects.for_business(business.id)


DATASET: Final = BusinessData()
