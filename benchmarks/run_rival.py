"""django-import-export on the same rows: ``python -m benchmarks.run_rival SPEC OUT``.

It neither masks nor neutralises. Prints its usage as JSON.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

import openpyxl  # noqa: F401, TID253 - else imported in the middle of the work
import yaml  # noqa: F401 - as above
from import_export.fields import Field
from import_export.resources import ModelResource

import benchmarks.configured  # noqa: F401 - before the models
from benchmarks.usage import Measured
from customers.models import Verification

KINDS: Final = {"csv": "csv", "json": "json", "excel": "xlsx", "yaml": "yaml"}


class Verifications(ModelResource):  # type: ignore[misc] # it has no types
    business_name = Field("company__name", "business_name")
    jurisdiction = Field("company__jurisdiction", "jurisdiction")
    company_id = Field("company_id", "company_id")

    class Meta:
        model = Verification
        fields = (
            *("id", "company_id", "business_name", "jurisdiction", "status", "score"),
            *("risk_level", "checks", "reviewer", "reviewer_email", "notes", "fee"),
            "created_at",
        )
        export_order = fields


def main(spec: Path, out: Path) -> None:
    wanted = json.loads(spec.read_text())
    rows = Verification.objects.for_business(wanted["business_id"])
    rows = rows.select_related("company").order_by("created_at", "id")
    usage = Measured()
    with usage:
        dataset = Verifications().export(rows[: wanted["max_rows"]])
        content: Any = dataset.export(KINDS[wanted["format"]])
        out.write_bytes(content if isinstance(content, bytes) else content.encode())
    usage.rows = len(dataset)
    print(usage.as_json())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
