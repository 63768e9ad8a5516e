"""A chain of exports: a full one, then what has changed since the one before."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Final, Self

import msgspec
from django.conf import settings

from customers.sequence import Mark
from exports.models import ExportJob
from exports.pipeline.datasets import DATASETS
from exports.pipeline.run import pseudonym_key

FULL, DELTA = "full", "delta"
FIELD: Final = "changes"
"""Of a job's spec, and of a manifest."""
_SHAPING: Final = (
    *("business_id", "export_type", "format", "filters", "time_range", "columns"),
    *("include_headers", "options", "on_denied"),
)
"""What of a spec its bytes depend on; the order is always that of the keys."""


@dataclass(frozen=True, slots=True)
class Link:
    """The place of one export in its chain.

    :ivar sequence: 0 of the full export, then counting.
    :ivar asked: a digest of all that shapes the bytes, but the rows.
    :ivar base_export_id: the export before it; null of a full one, as are its digest
        and its mark.
    """

    schedule_id: str
    sequence: int
    asked: str
    full_export_id: str
    base_export_id: str | None = None
    base_sha256: str | None = None
    base_mark: dict[str, Any] | None = None

    @property
    def kind(self) -> str:
        return FULL if self.base_export_id is None else DELTA

    @property
    def since(self) -> Mark | None:
        return None if self.base_mark is None else Mark.from_json(self.base_mark)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(**value)


def link_of(job: ExportJob) -> Link | None:
    """None: it belongs to no chain."""
    kept = job.spec.get(FIELD)
    return Link.from_json(kept) if kept else None


def follow(job: ExportJob, before: ExportJob | None, *, schedule_id: str) -> None:
    """Note in a job's spec what it follows; it begins anew when it has to.

    :param job: not yet saved.
    :param before: the schedule's last completed one that is part of a chain.
    """
    asked = _asked(job)
    link = Link(schedule_id, 0, asked, full_export_id=job.export_id)
    told = _told(before)
    if told and told["asked"] == asked:
        link = Link(
            schedule_id,
            told["sequence"] + 1,
            asked,
            full_export_id=told["full_export_id"],
            base_export_id=told["export_id"],
            base_sha256=told["sha256"],
            base_mark=told["mark"],
        )
    job.spec = job.spec | {FIELD: link.as_json()}


def _told(job: ExportJob | None) -> dict[str, Any] | None:
    """What the manifest tells of a completed job's place."""
    file = getattr(job, "file", None)
    if file is None:
        return None
    manifest = file.manifest
    of_file = {name: manifest[name] for name in ("export_id", "sha256")}
    return {**manifest[FIELD], **of_file}


def _asked(job: ExportJob) -> str:
    spec = {name: job.spec[name] for name in _SHAPING}
    shaping = {
        "spec": spec,
        "clearance": int(job.clearance),
        "dataset": DATASETS[job.export_type].version,
        # Pseudonyms are of a key that may be changed.
        "pseudonyms": sha256(pseudonym_key(job.business_id)).hexdigest(),
        "software": settings.SPECTACULAR_SETTINGS["VERSION"],
    }
    return sha256(msgspec.json.encode(shaping, order="deterministic")).hexdigest()
