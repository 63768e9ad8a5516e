"""The datasets: the export type a user names -> what it reads."""

from typing import Final

from exports.pipeline.datasets.base import Dataset
from exports.pipeline.registry import Table

_HERE: Final = "exports.pipeline.datasets"

DATASETS: Final[Table[Dataset]] = Table(
    "export type",
    {
        "verifications": f"{_HERE}.verifications.DATASET",
        "analytics": f"{_HERE}.analytics.DATASET",
        "reports": f"{_HERE}.reports.DATASET",
        "audit_logs": f"{_HERE}.audit_logs.DATASET",
        "user_data": f"{_HERE}.user_data.DATASET",
        "business_data": f"{_HERE}.business_data.DATASET",
    },
)
