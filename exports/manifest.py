"""The manifest of a file: what it is, who asked, what was done to its cells."""

from datetime import datetime
from typing import Any

from django.conf import settings

from exports import signing
from exports.models import ExportJob
from exports.pipeline.sinks.checksum import Receipt
from exports.works import Work


@signing.signed
def build(
    job: ExportJob, run: Work, receipt: Receipt, *, generated_at: datetime
) -> dict[str, Any]:
    told = run.account()
    return {
        "manifest_version": 1,
        "export_id": job.export_id,
        "business_id": job.business_id,
        "requested_by": {
            "kind": job.actor_kind,
            "id": job.actor_id,
            "name": job.actor_label,
        },
        "request_id": job.request_id,
        "spec": job.spec,
        "template": {"id": job.template_id, "version": job.template_version},
        "time_range": told["time_range"],
        "snapshot_at": _text(run.snapshot_at),
        "generated_at": _text(generated_at),
        "dataset": told["dataset"],
        "row_count": run.written,
        "rows_expected": run.expected,
        "rows_found": run.found,
        "completeness": run.completeness,
        "byte_size": receipt.size,
        "sha256": receipt.sha256,
        "columns": told["columns"],
        "left_out": told.get("left_out", []),
        "encryption": told.get("encryption"),
        "software": {"name": "kyb-export", "version": _version()},
        "changes": told.get("changes"),
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="microseconds") if moment else None


def _version() -> str:
    return str(settings.SPECTACULAR_SETTINGS["VERSION"])
