"""Who runs a job: claims, fair among businesses, and what is done when a claim lapses.

The worker takes from the table; messages only say that there is something to take, so
that a lost or doubled one does no harm.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Q
from django.db.models.functions import Now

from customers.actors import Actor, system
from exports import dispatch, outbox
from exports.conf import knob
from exports.errors import LeaseLost, WorkerLost
from exports.jobs import move, record
from exports.models import ExportJob, JobQuerySet, Mode
from exports.pipeline import ranges
from exports.states import JobStatus


def claim(queue: str, *, worker: str, now: datetime) -> ExportJob | None:
    """The oldest job, of the business that has the fewest running; None without one.

    Among equals it is the turn of who has waited longest for one: else, where one job
    runs at a time, many of one business would keep all others waiting.

    None too when others were faster three times over: they have the work then.
    """
    for _ in range(3):
        job = _next(queue)
        if job is None or _take(job, worker=worker, now=now):
            return job
    return None


def _next(queue: str) -> ExportJob | None:
    jobs = ExportJob.objects.background().select_related("business")
    waiting = jobs.pending().filter(queue=queue)
    business_ids = list(
        waiting.order_by().values_list("business_id", flat=True).distinct()
    )
    running = dict(
        ExportJob.objects.background()
        .processing()
        .filter(business_id__in=business_ids)
        .values_list("business_id")
        .annotate(count=Count("id"))
    )
    equals = defaultdict(list)
    for business_id in business_ids:
        equals[running.get(business_id, 0)].append(business_id)
    for _, alike in sorted(equals.items()):
        own = (waiting.filter(business_id=business_id) for business_id in alike)
        oldest = [rows.order_by("created_at", "id").first() for rows in own]
        # Those of one may all have been claimed since the first look.
        found = [job for job in oldest if job is not None]
        if found:
            return min(found, key=_turn)
    return None


def _turn(job: ExportJob) -> tuple[bool, datetime, UUID]:
    """By the last claim of its business, or its own age where there was none yet."""
    jobs = ExportJob.objects.for_business(job.business_id).background()
    last = jobs.aggregate(last=Max("started_at"))["last"]
    return last is not None, last or job.created_at, job.pk


def take(job: ExportJob, *, worker: str, now: datetime) -> None:
    """Claim this very job: an immediate export's own process does.

    :raises LeaseLost: somebody else has it.
    """
    if not _take(job, worker=worker, now=now):
        raise LeaseLost("the job was taken by another worker")


def _take(job: ExportJob, *, worker: str, now: datetime) -> bool:
    """Whether the claim succeeded; the instance then holds what the table does.

    But for its lease, which is of the database's clock.
    """
    changes = {
        "status": JobStatus.PROCESSING,
        "fence": job.fence + 1,
        "attempt": job.attempt + 1,
        "current_step": 1,
        "rows_written": 0,
        "worker": worker[:200],
        "started_at": now,
        "resolved_range": job.resolved_range or _resolved(job, now),
    }
    lease_until = Now() + timedelta(seconds=knob("LEASE_SECONDS"))
    with transaction.atomic():
        taken = ExportJob.objects.filter(
            pk=job.pk, status=JobStatus.PENDING, fence=job.fence
        ).update(lease_until=lease_until, **changes)
        if taken:
            for name, value in changes.items():
                setattr(job, name, value)
            record("export.processing", job, actor=system(worker))
    return taken == 1


def _resolved(job: ExportJob, now: datetime) -> dict[str, str | None] | None:
    name = job.spec["filters"].get("date_range")
    if name is None:
        return None
    return ranges.resolve(name, zone=job.business.time_zone, now=now).as_json()


def reap(*, now: datetime) -> int:
    """Take up what was dropped; how many runs that were.

    Dropped are runs whose lease is over, exports whose process ended before it began
    with them, and jobs that wait though no message tells of them.
    """
    reaper = system("reaper")
    abandoned = [*ExportJob.objects.abandoned()[:100], *_unbegun()[:100]]
    for job in abandoned:
        _revive(job, actor=reaper, now=now)
    outbox.rewake(now=now)
    return len(abandoned) + _rewake()


def _unbegun() -> JobQuerySet:
    """What runs in the process that was asked for it, which takes it at once."""
    since = Now() - timedelta(seconds=knob("LEASE_SECONDS"))
    waiting = ExportJob.objects.pending().filter(created_at__lt=since)
    return waiting.exclude(mode=Mode.BACKGROUND)


def _revive(job: ExportJob, *, actor: Actor, now: datetime) -> None:
    lost = WorkerLost(f"the worker was lost {max(job.attempt, 1)} times")
    try:
        if job.cancel_requested:
            move(job, JobStatus.CANCELLED, actor=actor, now=now)
        elif job.mode != Mode.BACKGROUND or job.attempt >= knob("MAX_ATTEMPTS"):
            move(job, JobStatus.FAILED, actor=actor, now=now, error=lost)
        else:
            move(job, JobStatus.PENDING, actor=actor, now=now)
            dispatch.wake(job.queue)
    except LeaseLost:
        return


def _rewake() -> int:
    """A message for the oldest few jobs of which nobody has been told for a while."""
    before = Now() - timedelta(seconds=12 * knob("REAP_SECONDS"))
    told = Q(woken_at__gt=before) | Q(
        woken_at=None, created_at__gt=Now() - timedelta(seconds=knob("REAP_SECONDS"))
    )
    waiting = ExportJob.objects.background().pending().exclude(told)
    untold = list(waiting.order_by("created_at", "id")[:4])
    for job in untold:
        if not dispatch.wake(job.queue):
            break  # the broker is away: with the next look again
        ExportJob.objects.filter(pk=job.pk).update(woken_at=Now())
    return len(untold)
