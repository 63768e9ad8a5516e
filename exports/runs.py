"""Running a claimed job: from its row to a stored or streamed file, or an error.

File first, row second: a file is published whole before the transaction that says
completed, and taken back when that transaction fails.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import transaction
from django.utils import timezone

from customers.clearance import Clearance
from exports import askers, claims, jobs, manifest, passwords
from exports.conf import knob, max_bytes
from exports.deltas import links
from exports.deltas.run import DeltaRun
from exports.errors import Cancelled, ExportError, LeaseLost
from exports.leases import Follow, Lease
from exports.models import ExportFile, ExportJob, Mode
from exports.models.jobs import CUSTOMER_360
from exports.pipeline.ranges import TimeRange
from exports.pipeline.registry import Table
from exports.pipeline.run import STORING, Plan
from exports.pipeline.sinks.checksum import Receipt
from exports.pipeline.sinks.storage import open_storage
from exports.pipeline.spec import ExportSpec
from exports.states import FileState, JobStatus
from exports.works import DatasetRun, Work

# By the job's type; what is not here is of a dataset. Named by their paths: what makes
# them stands above this module.
RUNS: Final[Table[Callable[[ExportJob], Work]]] = Table(
    "kind of export", {CUSTOMER_360: "exports.customer360.bulk.BulkRun"}
)
_OR_A_JOB: Final = ", or create a job, whose limit is higher"
logger = logging.getLogger(__name__)


def work(queue: str, *, worker: str) -> None:
    """Claim the next job of a queue, if there is one, and run it to its end."""
    job = claims.claim(queue, worker=worker, now=timezone.now())
    if job is None:
        return
    request = structlog.contextvars.bound_contextvars(request_id=job.request_id)
    # How it ended is in its row and in the log.
    with request, suppress(ExportError):
        run_job(job)


def run_now(job: ExportJob, *, worker: str) -> None:
    """Run an immediate export in this process.

    :raises ExportError: as it failed, which its row says too.
    """
    claims.take(job, worker=worker, now=timezone.now())
    run_job(job)


def run_job(job: ExportJob) -> None:
    """:raises ExportError: as it failed, which its row says too."""
    try:
        run = run_of(job)
        with Lease(job, run.spec) as lease:
            run.watch = lease
            _store(job, run, lease)
    except Exception as error:
        raise _ended_badly(job, error) from error


def stream(
    job: ExportJob, *, worker: str, follow: Follow | None = None
) -> Iterator[bytes]:
    """The file of a job that stores nothing, as it is read.

    Its row is settled at the end. An error breaks the iteration off: what came
    before is no file.

    """
    claims.take(job, worker=worker, now=timezone.now())
    try:
        plan = plan_of(job)
        receipt = Receipt(limit=_stream_limit(job, plan.spec), way_out=_OR_A_JOB)
        with Lease(job, plan.spec, follow) as lease:
            run = DatasetRun(plan, lease)
            with closing(run.chunks()) as chunks:
                yield from receipt.passing(_in_time(chunks, lease))
        _complete(job, run, receipt, key="")
    except GeneratorExit:
        _ended_badly(job, Cancelled("the client went away"))
        raise
    except Exception as error:
        raise _ended_badly(job, error) from error


def _stream_limit(job: ExportJob, spec: ExportSpec) -> int | None:
    """What is built before it is sent obeys the limit of an immediate file."""
    if job.mode == Mode.INLINE and spec.builds_first:
        return max_bytes(job.format, background=False)
    return None


def _in_time(chunks: Iterator[bytes], lease: Lease) -> Iterator[bytes]:
    for chunk in chunks:
        lease.check_time()
        yield chunk


def run_of(job: ExportJob) -> Work:
    """:raises ExportError: what it was asked for no longer holds."""
    if job.export_type in RUNS:
        return RUNS[job.export_type](job)
    if job.mode == Mode.BACKGROUND:
        # All else runs in the very request in which they were asked who they are.
        askers.check(job, now=timezone.now())
    plan, link = plan_of(job), links.link_of(job)
    return DatasetRun(plan) if link is None else DeltaRun(plan, link)


def plan_of(job: ExportJob) -> Plan:
    asked = {name: job.spec[name] for name in job.spec if name != links.FIELD}
    kept = asked | {"password": passwords.of(job)}
    spec = ExportSpec.parse(kept, clearance=Clearance(job.clearance))
    wanted = spec.time_range or TimeRange()
    if job.resolved_range:
        wanted = wanted.within(TimeRange.from_json(job.resolved_range))
    head = {
        "export_id": job.export_id,
        "business_id": job.business_id,
        "business_name": job.business.name,
        "export_type": job.export_type,
        "requested_by": job.actor_label,
    }
    return Plan(
        spec=spec,
        business=job.business,
        time_range=wanted,
        head=head,
        scratch_bytes=_scratch_bytes(job),
    )


def _scratch_bytes(job: ExportJob) -> int | None:
    """As large as the file itself may be; what a command writes has no limit."""
    if job.mode == Mode.COMMAND:
        return None
    return max_bytes(job.format, background=job.mode == Mode.BACKGROUND)


def _store(job: ExportJob, run: Work, lease: Lease) -> None:
    background = job.mode == Mode.BACKGROUND
    receipt = Receipt(
        limit=max_bytes(job.format, background=background),
        way_out="" if background else _OR_A_JOB,
    )
    extension = run.packaging.file_extension
    key = f"{job.business_id}/{job.pk}/{job.fence}.{extension}"
    storage = open_storage()
    # Left to the garbage collector, a run that was broken off would keep its snapshot
    # open, and the next one in this thread would read from that.
    with storage.writing(key) as part, closing(run.chunks()) as chunks:
        part.write(receipt.passing(chunks))
        lease.step(STORING)
        part.publish(sha256=receipt.sha256)
    try:
        _complete(job, run, receipt, key=key)
    except BaseException:
        storage.delete(key)
        raise


def _complete(job: ExportJob, run: Work, receipt: Receipt, *, key: str) -> None:
    """:raises LeaseLost: the job has moved on; nothing of this run counts."""
    try:
        with transaction.atomic():
            _record(job, run, receipt, key=key)
    except BaseException:
        # What was rolled back in the table is so in the instance too: it can fail.
        job.status = JobStatus.PROCESSING
        raise


def _record(job: ExportJob, run: Work, receipt: Receipt, *, key: str) -> None:
    now = timezone.now()
    packaging = run.packaging
    jobs.move_within(
        job,
        JobStatus.COMPLETED,
        actor=jobs.requester(job),
        now=now,
        rows_written=run.written,
        rows_expected=run.expected,
    )
    ExportFile.objects.create(
        job=job,
        business=job.business,
        state=FileState.STORED if key else FileState.STREAMED,
        key=key,
        name=display_name(job, packaging.file_extension),
        content_type=packaging.content_type,
        size=receipt.size,
        sha256=receipt.sha256,
        row_count=run.written,
        rows_expected=run.expected,
        completeness=run.completeness,
        columns=run.labels,
        discloses=run.discloses,
        manifest=manifest.build(job, run, receipt, generated_at=now),
        generated_at=now,
        expires_at=now + timedelta(seconds=knob("FILE_TTL_SECONDS")),
        seconds=_since(job.started_at, now),
        debug=_debug(run, seconds=_since(job.started_at, now)),
    )


def _debug(run: Work, *, seconds: float) -> dict[str, Any]:
    steps = {**run.seconds, "total": seconds}
    return {
        "steps_ms": {name: round(taken * 1000) for name, taken in steps.items()},
        "rows": run.written,
        "batches": run.batches,
    }


def display_name(job: ExportJob, extension: str) -> str:
    """What a browser saves the file as."""
    stamp = job.created_at.strftime("%Y%m%d-%H%M%S")
    return f"{job.export_type}-{job.business_id}-{stamp}.{extension}"


def _since(start: datetime | None, end: datetime) -> float:
    return (end - start).total_seconds() if start else 0.0


def _ended_badly(job: ExportJob, error: Exception) -> ExportError:
    """Say so in the job's row; what could not be foreseen goes to the log in full."""
    known = error if isinstance(error, ExportError) else None
    if known is None:
        logger.error("export %s broke", job.export_id, exc_info=error)
        known = ExportError(
            f"the export broke; request id {job.request_id or 'none'} finds the log"
        )
    if isinstance(known, LeaseLost):
        return known
    to = JobStatus.CANCELLED if isinstance(known, Cancelled) else JobStatus.FAILED
    failure = None if to is JobStatus.CANCELLED else known
    try:
        jobs.move(job, to, actor=jobs.requester(job), now=timezone.now(), error=failure)
    except LeaseLost:
        logger.warning("export %s had moved on when it ended", job.export_id)
    return known
