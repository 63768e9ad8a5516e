"""The manifest of a file: what it is, who asked, what was done to its cells."""

from datetime import datetime
from typing import Any

from django.conf import settings

from exports import signing
from exports.models import ExportJob
from exports.pipeline.run import Run
from exports.pipeline.sinks.checksum import Receipt


@signing.signed
def build(
    job: ExportJob, run: Run, receipt: Receipt, *, generated_at: datetime
) -> dict[str, Any]:
    plan, dataset = run.plan, run.plan.spec.dataset
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
        "time_range": plan.time_range.as_json(),
        "snapshot_at": _text(run.snapshot_at),
        "generated_at": _text(generated_at),
        "dataset": {"name": dataset.name, "version": dataset.version},
        "row_count": run.written,
        "rows_expected": run.expected,
        "rows_found": run.found,
        "completeness": run.completeness,
        "byte_size": receipt.size,
        "sha256": receipt.sha256,
        "columns": _columns(run),
        "software": {"name": "kyb-export", "version": _version()},
    }


def _columns(run: Run) -> list[dict[str, Any]]:
    """Each column with its class, its treatment, and what happened to cells of it."""
    return [
        {
            "name": selected.column.name,
            "label": selected.label,
            "class": selected.column.clearance.label,
            "treatment": treatment.named,
            "cells": {
                what: count
                for (name, what), count in sorted(run.tally.counts.items())
                if name == selected.column.name
            },
        }
        for selected, treatment in zip(
            run.plan.spec.columns, run.treatments, strict=True
        )
    ]


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="microseconds") if moment else None


def _version() -> str:
    return str(settings.SPECTACULAR_SETTINGS["VERSION"])
