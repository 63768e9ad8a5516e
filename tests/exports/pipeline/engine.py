"""The engine as tests run it: a spec in, the file's bytes and the run's figures out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pytest

from customers.clearance import Clearance
from customers.models import Business
from exports.errors import ExportError
from exports.pipeline import ranges
from exports.pipeline.ranges import TimeRange
from exports.pipeline.run import Plan, Run, Watch
from exports.pipeline.spec import ExportSpec
from tests import make

Row = dict[str, Any]

# A snapshot sees what is committed, so rows are; both connections are used.
engine: Final = pytest.mark.django_db(
    transaction=True, databases=["default", "snapshot"]
)


@dataclass(frozen=True)
class Exported:
    content: bytes
    run: Run

    @property
    def tally(self) -> dict[tuple[str, str], int]:
        return dict(self.run.tally.counts)


def parse(
    type: str = "verifications",  # noqa: A002 -- what users call it
    format: str = "ndjson",  # noqa: A002 -- as above
    *,
    clearance: Clearance = Clearance.SENSITIVE,
    **fields: Any,
) -> ExportSpec:
    payload = {"business_id": "ours", "export_type": type, "format": format} | fields
    return ExportSpec.parse(payload, clearance=clearance)


def problems_of(**fields: Any) -> dict[str, str]:
    """Field -> message of what is refused."""
    with pytest.raises(ExportError) as refused:
        parse(**fields)
    return {each["field"]: each["message"] for each in refused.value.details}


def plan_of(
    business: Business, spec: ExportSpec, *, now: datetime = make.NOW, **head: Any
) -> Plan:
    wanted = spec.time_range or TimeRange()
    if spec.date_range:
        relative = ranges.resolve(spec.date_range, zone=business.time_zone, now=now)
        wanted = wanted.within(relative)
    return Plan(spec=spec, business=business, time_range=wanted, head=head)


def export(
    business: Business,
    type: str = "verifications",  # noqa: A002 -- as above
    format: str = "ndjson",  # noqa: A002 -- as above
    *,
    watch: Watch | None = None,
    now: datetime = make.NOW,
    **fields: Any,
) -> Exported:
    spec = parse(type, format, business_id=business.id, **fields)
    run = Run(plan_of(business, spec, now=now), watch)
    return Exported(b"".join(run.chunks()), run)


def rows_of(business: Business, *arguments: Any, **fields: Any) -> list[Row]:
    """The rows as NDJSON has them, numbers as the text of their digits."""
    content = export(business, *arguments, **fields).content
    return [
        json.loads(line, parse_float=str, parse_int=int)
        for line in content.splitlines()
    ]


def cells_of(business: Business, type: str, column: str, **fields: Any) -> list[Any]:  # noqa: A002 -- as above
    rows = rows_of(business, type, columns=[column], **fields)
    return [row[column] for row in rows]


def names_of(business: Business, filters: Mapping[str, Any], **fields: Any) -> set[str]:
    """Names of the companies that filters leave."""
    return set(
        cells_of(business, "business_data", "name", filters=dict(filters), **fields)
    )
