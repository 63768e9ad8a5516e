"""What a bulk job is asked for, as its row keeps it: whose views, and what of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from customers.clearance import Clearance
from customers.view360 import CLASSES
from customers.view360.shape import Sections
from exports.customer360 import options
from exports.customer360.formats import FORMATS, Format
from exports.models import ExportJob
from exports.models.jobs import CUSTOMER_360
from exports.pipeline.sinks.packaging import Packaging
from exports.pipeline.transforms import by_class

VERSION: Final = 1
"""Of the view, as manifests tell it."""


@dataclass(frozen=True, slots=True)
class BulkSpec:
    """:ivar options: the parameters of a single export, by their own names.

    :ivar since: what ``dateRange`` meant when the job was asked for.
    :ivar language: of the texts in the files.
    """

    customer_ids: Sequence[UUID]
    options: Mapping[str, Any]
    since: datetime | None
    language: str
    workbook: bool = False

    @classmethod
    def of(cls, job: ExportJob) -> Self:
        spec = job.spec
        since = spec["since"]
        return cls(
            customer_ids=tuple(map(UUID, spec["customer_ids"])),
            options=spec["options"],
            since=datetime.fromisoformat(since) if since else None,
            language=spec["language"],
            workbook=spec["workbook"],
        )

    def as_json(self, *, business_id: str, filters: Mapping[str, Any]) -> Any:
        """:param filters: that the customers were found by; they are named here."""
        return {
            "business_id": business_id,
            "export_type": CUSTOMER_360,
            "format": self.format_name,
            "customer_ids": list(map(str, self.customer_ids)),
            "filters": dict(filters),
            "options": dict(self.options),
            "since": self.since.isoformat() if self.since else None,
            "language": self.language,
            "workbook": self.workbook,
        }

    @property
    def format_name(self) -> str:
        return str(self.options["format"])

    @property
    def format(self) -> Format:
        return FORMATS[self.format_name]

    @property
    def sections(self) -> Sections:
        return options.sections(self.options, since=self.since)

    @property
    def packaging(self) -> Packaging:
        if self.workbook:
            return Packaging(
                CUSTOMER_360, self.format.extension, self.format.media_type
            )
        return Packaging(CUSTOMER_360, "zip", "application/zip")

    def names(self) -> list[str]:
        """Of the files in the archive, in the customers' order."""
        suffix = ".gz" if self.options["compression"] == "gzip" else ""
        heads = Counter(str(each)[:8] for each in self.customer_ids)
        return [
            f"customer-{_unmistakable(each, heads)}.{self.format.extension}{suffix}"
            for each in self.customer_ids
        ]

    def columns(self, clearance: Clearance) -> list[dict[str, Any]]:
        """Of a manifest: what has a class of its own, and who may not see it."""
        sections = ("profile.", "notes.") if self.sections.notes else ("profile.",)
        return [
            {
                "name": name,
                "label": name,
                "class": kind.label,
                "treatment": "clear" if kind <= clearance else "withheld",
                "rule": by_class(kind, clearance),
                "cells": {},
            }
            for name, kind in CLASSES.items()
            if name.startswith(sections)
        ]


def _unmistakable(customer_id: UUID, heads: Mapping[str, int]) -> str:
    """The first 8 signs, or all, where others begin alike."""
    text = str(customer_id)
    return text[:8] if heads[text[:8]] == 1 else text
