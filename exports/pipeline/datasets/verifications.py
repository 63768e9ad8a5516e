"""Verifications: one check of one company a row."""

from typing import Any, Final

from django.db.models import QuerySet

from customers.clearance import Clearance
from customers.models import Business, Company, Verification
from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets.base import Column, Dataset

STATUSES: Final = tuple(Verification.Status.values)
RISK_LEVELS: Final = tuple(Verification.RiskLevel.values)


class Verifications(Dataset):
    name = "verifications"
    title = "Verifications"
    description = "Checks of companies: status, score, risk level, fee, times."
    time_column = "created_at"
    reads = (Verification, Company)
    follows = ("", "company__")
    columns = (
        Column("id", ColumnType.UUID, Clearance.PUBLIC, "The verification", label="ID"),
        Column(
            "company_id",
            ColumnType.UUID,
            Clearance.PUBLIC,
            "The company that was checked",
            label="Company ID",
        ),
        Column(
            "business_name",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "The company's name",
            source="company__name",
        ),
        Column(
            "registration_number",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "The company's number in its register",
            source="company__registration_number",
            nullable=True,
        ),
        Column(
            "lei",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "The company's legal entity identifier (ISO 17442)",
            source="company__lei",
            label="LEI",
            nullable=True,
        ),
        Column(
            "jurisdiction",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "Where the company is registered (ISO 3166)",
            source="company__jurisdiction",
            nullable=True,
        ),
        Column(
            "status",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "How far the verification is",
            choices=STATUSES,
        ),
        Column(
            "score",
            ColumnType.DECIMAL,
            Clearance.INTERNAL,
            "Confidence from 0 to 1; none before it is computed",
            scale=4,
            digits=5,
            nullable=True,
        ),
        Column(
            "risk_level",
            ColumnType.TEXT,
            Clearance.INTERNAL,
            "The risk that was found",
            choices=RISK_LEVELS,
            nullable=True,
        ),
        Column(
            "checks",
            ColumnType.JSON,
            Clearance.INTERNAL,
            "The checks that were performed, each with its outcome",
            filterable=False,
            sortable=False,
        ),
        Column(
            "reviewer",
            ColumnType.TEXT,
            Clearance.PERSONAL,
            "Name of the person who reviewed it",
            nullable=True,
        ),
        Column(
            "reviewer_email",
            ColumnType.TEXT,
            Clearance.PERSONAL,
            "Email address of the person who reviewed it",
            nullable=True,
        ),
        Column(
            "notes",
            ColumnType.TEXT,
            Clearance.SENSITIVE,
            "What the reviewer wrote",
            nullable=True,
        ),
        Column(
            "fee",
            ColumnType.DECIMAL,
            Clearance.INTERNAL,
            "Price of the verification, in the business's currency",
            scale=2,
        ),
        Column(
            "verified_at",
            ColumnType.DATETIME,
            Clearance.PUBLIC,
            "When it was decided",
            nullable=True,
        ),
        Column(
            "created_at", ColumnType.DATETIME, Clearance.PUBLIC, "When it was asked for"
        ),
        Column(
            "updated_at", ColumnType.DATETIME, Clearance.PUBLIC, "When it last changed"
        ),
    )

    def rows(self, business: Business) -> QuerySet[Any]:
        return Verification.objects.for_business(business.id)


DATASET: Final = Verifications()
