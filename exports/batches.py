"""Several exports at once: a job each, their common progress, one archive of all.

A batch has no state of its own: it is what its jobs are.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import transaction

from customers import audit
from customers.actors import Actor
from customers.models import Business
from exports import files, jobs, policy
from exports.errors import (
    Conflict,
    Detail,
    ExportError,
    Forbidden,
    Invalid,
    TemplateNotFound,
    placed,
)
from exports.jobs import Wanted
from exports.models import ExportBatch, ExportFile, ExportJob, Mode
from exports.pipeline.payloads import an_object
from exports.pipeline.problems import Problems
from exports.pipeline.sinks.compress import zip_archive
from exports.pipeline.spec import check_metadata
from exports.states import FINAL, BatchStatus, JobStatus, batch_status

if TYPE_CHECKING:
    from io import BufferedReader

MOST: Final = 50
_FIELDS: Final = ("business_id", "exports", "bundle", "metadata")


@dataclass(frozen=True, slots=True)
class Outlook:
    """A batch as its jobs make it, in the order in which they were asked for."""

    batch: ExportBatch
    jobs: Sequence[ExportJob]

    @property
    def status(self) -> BatchStatus:
        return batch_status(job.status for job in self.jobs)

    @property
    def progress(self) -> float:
        """Of jobs; one that has ended is done, whichever way."""
        done = [1.0 if job.status in FINAL else job.progress for job in self.jobs]
        return sum(done) / len(done)

    @property
    def completed_at(self) -> datetime | None:
        ends = [job.completed_at for job in self.jobs if job.completed_at]
        return max(ends) if len(ends) == len(self.jobs) else None

    @property
    def file_url(self) -> str | None:
        """For the key, once there is something in the archive."""
        ready = self.status in {BatchStatus.COMPLETED, BatchStatus.PARTLY_FAILED}
        if not self.batch.bundle or not ready:
            return None
        batch_id = self.batch.batch_id
        return f"{settings.PUBLIC_BASE_URL}/v1/export/batches/{batch_id}/file"


def outlook(batch: ExportBatch) -> Outlook:
    found = ExportJob.objects.for_business(batch.business_id).filter(batch=batch)
    ordered = found.with_file().order_by("batch_index")
    return Outlook(batch, list(ordered))


def request_batch(payload: Any, *, actor: Actor, now: datetime) -> Outlook:
    """All jobs or none.

    :raises Invalid: naming every field of every export that is wrong.
    :raises ExportError: the asking is not allowed.
    """
    _check_shape(payload)
    business = policy.business_of(payload, actor)
    policy.granted(actor, "exports:write", business.id)
    made = _jobs(payload["exports"], business, actor=actor, now=now)
    batch = ExportBatch(
        business=business,
        bundle=bool(payload.get("bundle")),
        metadata=payload.get("metadata") or {},
        created_at=now,
    )
    with transaction.atomic():
        batch.save(force_insert=True)
        for index, job in enumerate(made):
            job.batch, job.batch_index = batch, index
            jobs.add(job, actor=actor, details={"batch": batch.batch_id})
        record("batch.requested", batch, actor=actor, details={"jobs": len(made)})
    return Outlook(batch, made)


def _check_shape(payload: Any) -> None:
    problems = Problems()
    problems.check_fields(an_object(payload), _FIELDS)
    exports = payload.get("exports")
    if not isinstance(exports, list) or not 2 <= len(exports) <= MOST:
        problems.add("exports", f"must be a list of 2 to {MOST} exports")
    if not isinstance(payload.get("bundle"), bool | None):
        problems.add("bundle", "must be true or false")
    metadata = payload.get("metadata")
    if not isinstance(metadata, dict | None):
        problems.add("metadata", "must be an object")
    else:
        check_metadata(metadata, problems)
    problems.settle()


def _jobs(
    items: Sequence[Any], business: Business, *, actor: Actor, now: datetime
) -> list[ExportJob]:
    """Every export, checked, as a job that is not yet saved."""
    details: list[Detail] = []
    refused: ExportError | None = None
    made = []
    for index, item in enumerate(items):
        at = f"exports[{index}]"
        try:
            wanted = _wanted(item, business.id, actor)
            made.append(wanted.as_job(actor=actor, now=now, mode=Mode.BACKGROUND))
        except Invalid as error:
            details += [placed(each, at) for each in error.details]
        except (Forbidden, TemplateNotFound) as error:
            told = [placed(each, at) for each in error.details]
            refused = refused or type(error)(f"{at}: {error.message}", details=told)
    if details:
        raise Invalid.of(details)
    if refused:
        raise refused
    return made


def _wanted(item: Any, business_id: str, actor: Actor) -> Wanted:
    named = an_object(item).get("business_id")
    if named is not None and named != business_id:
        message = "business_id must be the batch's own, which may also be left out"
        raise Invalid.field("business_id", message)
    return jobs.check(item | {"business_id": business_id}, actor=actor)


def record(
    action: str,
    batch: ExportBatch,
    *,
    actor: Actor,
    details: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        action,
        actor=actor,
        business_id=batch.business_id,
        object_type="batch",
        object_id=batch.batch_id,
        details=details,
    )


class Bundle:
    """One ZIP of a batch: what became of each job, then files and manifests.

    A file is proved when its turn comes; one that is altered breaks the archive off.
    ``close`` is for the answer to call.
    """

    def __init__(self, of: Outlook, *, reader: Actor, now: datetime) -> None:
        """:raises Conflict: no archive was asked for, or there is none yet.

        :raises Forbidden: one of its files tells what the reader may not see.
        :raises Expired: one of its files is gone.
        """
        _check_ready(of)
        self._outlook, self._now = of, now
        self._open: BufferedReader | None = None
        for file in self._files().values():
            files.check_cleared(file, reader=reader)
            files.check_kept(file, now=now)

    @property
    def name(self) -> str:
        batch = self._outlook.batch
        stamp = batch.created_at.strftime("%Y%m%d-%H%M%S")
        return f"batch-{batch.business_id}-{stamp}.zip"

    def __iter__(self) -> Iterator[bytes]:
        return zip_archive(self._members())

    def close(self) -> None:
        if self._open is not None:
            self._open.close()

    def _members(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        yield "batch.json", _lines(self._contents())
        for name, file in self._files().items():
            self._open = files.open_proved(file, now=self._now)
            yield name, files.Piece(self._open, start=0, length=file.size)
            self._open.close()
            yield f"{name}.manifest.json", _lines(file.manifest)

    def _files(self) -> dict[str, ExportFile]:
        return {_member(job): job.file for job in self._outlook.jobs if _is_done(job)}

    def _contents(self) -> dict[str, Any]:
        """So that nobody takes what is there for all that was asked for."""
        return {
            "batch_id": self._outlook.batch.batch_id,
            "business_id": self._outlook.batch.business_id,
            "status": self._outlook.status,
            "exports": [
                {
                    "job_id": job.job_id,
                    "status": job.status,
                    "file": _member(job) if _is_done(job) else None,
                    "error": job.error_message or None,
                }
                for job in self._outlook.jobs
            ],
        }


def _is_done(job: ExportJob) -> bool:
    return job.status == JobStatus.COMPLETED


def _member(job: ExportJob) -> str:
    """``01-`` and the name of the file, by its place in the batch."""
    return f"{(job.batch_index or 0) + 1:02}-{job.file.name}"


def _check_ready(of: Outlook) -> None:
    if not of.batch.bundle:
        raise Conflict('the batch was asked for without "bundle": true')
    if of.status is BatchStatus.PROCESSING:
        raise Conflict(
            "the batch is processing: its archive is ready when it has ended"
        )
    if of.file_url is None:
        raise Conflict(f"the batch is {of.status}: it has no files")


def _lines(value: Any) -> list[bytes]:
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    return [text.encode() + b"\n"]
