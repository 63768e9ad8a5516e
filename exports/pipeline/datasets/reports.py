"""Reports: one generated report a row."""

from typing import Any, Final

from django.db.models import QuerySet

from customers.clearance import Clearance
from customers.models import Business, Report
from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets.base import Column, Dataset


class Reports(Dataset):
    name = "reports"
    title = "Reports"
    description = "Reports that were generated over a period, with their summaries."
    time_column = "created_at"
    reads = (Report,)
    follows = ("",)
    columns = (
        Column("id", ColumnType.UUID, Clearance.PUBLIC, "The report", label="ID"),
        Column("title", ColumnType.TEXT, Clearance.PUBLIC, "Its title"),
        Column("type", ColumnType.TEXT, Clearance.PUBLIC, "What kind of report it is"),
        Column(
            "status",
            ColumnType.TEXT,
            Clearance.PUBLIC,
            "How far it is",
            choices=tuple(Report.Status.values),
        ),
        Column(
            "period_start",
            ColumnType.DATE,
            Clearance.PUBLIC,
            "First day it covers",
            nullable=True,
        ),
        Column(
            "period_end",
            ColumnType.DATE,
            Clearance.PUBLIC,
            "Last day it covers",
            nullable=True,
        ),
        Column(
            "summary",
            ColumnType.JSON,
            Clearance.INTERNAL,
            "Its figures",
            filterable=False,
            sortable=False,
        ),
        Column(
            "created_by",
            ColumnType.TEXT,
            Clearance.PERSONAL,
            "The staff account that generated it",
            nullable=True,
        ),
        Column(
            "created_at", ColumnType.DATETIME, Clearance.PUBLIC, "When it was generated"
        ),
    )

    def rows(self, business: Business) -> QuerySet[Any]:
        return Report.objects.for_business(business.id)


DATASET: Final = Reports()
