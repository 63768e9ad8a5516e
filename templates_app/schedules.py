"""Running what is due: each time once, however many look, and however late.

A run is claimed by inserting its row, unique in schedule and time, in the transaction
that makes its job; whoever else looks waits for the business's lock, and finds it done.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from customers.actors import Actor, system
from exports import jobs, policy
from exports.conf import knob
from exports.errors import Conflict, ExportError
from exports.models import ExportJob
from exports.pipeline.ranges import TimeRange
from exports.states import FINAL
from templates_app import chains, launching, missed, owners, pausing
from templates_app.launching import Moment, Unneeded
from templates_app.missed import Turn
from templates_app.models import Schedule, ScheduleRun

logger = logging.getLogger(__name__)
_AT_ONCE = 10
"""Runs that one schedule catches up in one look; the others come with the next."""
_MISSED = Unneeded("missed", "nobody looked when it was due")
_BEAT = system("beat")


class _Later(Exception):
    """There is no room for another job now, or one has to end first: it stays due."""


def run_due(now: datetime) -> int:
    """How many runs were begun, or noted as not needed."""
    settle(now)
    due = Schedule.objects.due(now).values_list("pk", "business_id")
    return sum(_catch_up(pk, business_id, now) for pk, business_id in list(due))


def settle(now: datetime) -> None:
    """Note how the jobs of runs have ended."""
    running = ScheduleRun.objects.filter(status=ScheduleRun.Status.RUNNING)
    ended = running.filter(job__status__in=FINAL).order_by("job__completed_at", "id")
    for pk, business_id in list(ended.values_list("pk", "business_id")):
        with transaction.atomic():
            policy.lock(business_id)
            _settle(pk, now)


def run_now(schedule: Schedule, *, actor: Actor, now: datetime) -> ScheduleRun:
    """A run besides those that are due, with the owner's rights.

    Whether something has changed does not matter; its failure does not count.

    :raises ExportError: the owner may not, or there is no room for another job.
    """
    owner = owners.owner_of(schedule, now=now)
    owner = replace(owner, actor=replace(owner.actor, request_id=actor.request_id))
    covers = _covers(schedule, now)
    job = launching.job_of(schedule, owner, Moment(now, now, covers))
    with transaction.atomic():
        policy.lock(schedule.business_id)
        chains.attach(schedule, job)
        run = ScheduleRun(
            business_id=schedule.business_id,
            schedule=schedule,
            fire_at=now,
            trigger=ScheduleRun.Trigger.MANUAL,
            created_at=now,
        )
        _begin(run, job, owner.actor, covers)
        pausing.record("schedule.run", schedule, actor=actor, job=job.job_id)
    return run


def _settle(pk: UUID, now: datetime) -> None:
    runs = ScheduleRun.objects.select_related("schedule", "job")
    run = runs.filter(pk=pk, status=ScheduleRun.Status.RUNNING).first()
    if run is None or run.job is None:
        return  # another beat was faster
    run.status, run.ended_at = run.job.status, run.job.completed_at
    run.reason_code, run.reason = run.job.error_code, run.job.error_message
    run.save(update_fields=["status", "ended_at", "reason_code", "reason"])
    if run.trigger != ScheduleRun.Trigger.DUE:
        return
    if run.status == ScheduleRun.Status.FAILED:
        pausing.failed(run.schedule, now=now)
    elif run.status == ScheduleRun.Status.COMPLETED:
        pausing.succeeded(run.schedule)


def _catch_up(pk: UUID, business_id: str, now: datetime) -> int:
    """How many runs of one schedule came of this look; whatever breaks is its own."""
    begun = 0
    try:
        while begun < _AT_ONCE and _next(pk, business_id, now):
            begun += 1
    except _Later as error:
        logger.warning("a schedule of business %s stays due: %s", business_id, error)
    except Exception:
        # Others are due as well; this one is again with the next look.
        logger.exception("a schedule of business %s could not be run", business_id)
    return begun


def _next(pk: UUID, business_id: str, now: datetime) -> bool:
    """Whether there was something due."""
    with transaction.atomic():
        policy.lock(business_id)
        schedule = Schedule.objects.due(now).filter(pk=pk).first()
        if schedule is None or schedule.next_at is None:
            return False
        turn = missed.turn(
            schedule.timetable,
            due_at=schedule.next_at,
            now=now,
            policy=schedule.missed,
            grace=timedelta(seconds=knob("SCHEDULE_GRACE_SECONDS")),
        )
        schedule.next_at = turn.next_at
        # A change of the timetable may name a time again that had its run.
        if not schedule.runs.filter(fire_at=turn.fire_at).exists():
            _claim(schedule, turn, now)
        schedule.save(update_fields=["next_at", "covered_until"])
    return True


def _claim(schedule: Schedule, turn: Turn, now: datetime) -> None:
    run = ScheduleRun(
        business_id=schedule.business_id,
        schedule=schedule,
        fire_at=turn.fire_at,
        missed=turn.missed,
        created_at=now,
    )
    if not turn.runs:
        _skip(run, _MISSED, now)
        schedule.covered_until = turn.fire_at
        return
    covers = _covers(schedule, turn.fire_at)
    at = Moment(turn.fire_at, now, covers)
    try:
        with transaction.atomic():
            _launch(run, at)
    except Conflict as error:
        raise _Later(error.message) from error
    except ExportError as error:
        _fail(run, error, now)
        return
    schedule.covered_until = turn.fire_at


def _launch(run: ScheduleRun, at: Moment) -> None:
    owner = owners.owner_of(run.schedule, now=at.now)
    found = launching.wanted_job(run.schedule, owner, at)
    if isinstance(found, Unneeded):
        _skip(run, found, at.now)
    else:
        _begin(run, found, owner.actor, at.covers)


def _begin(
    run: ScheduleRun, job: ExportJob, owner: Actor, covers: TimeRange | None
) -> None:
    run.mark = launching.mark(job)
    if covers is not None:
        run.covers_from, run.covers_until = covers.start, covers.end
    jobs.add(job, actor=owner, details=launching.details_of(run.schedule, job))
    run.job = job
    run.save(force_insert=True)


def _skip(run: ScheduleRun, why: Unneeded, now: datetime) -> None:
    run.status, run.ended_at = ScheduleRun.Status.SKIPPED, now
    run.reason_code, run.reason = why.code, why.message
    run.save(force_insert=True)
    _record(run, "schedule.run_skipped")


def _fail(run: ScheduleRun, error: ExportError, now: datetime) -> None:
    run.status, run.ended_at, run.job = ScheduleRun.Status.FAILED, now, None
    run.mark = run.covers_from = run.covers_until = None
    run.reason_code, run.reason = error.code, error.message
    run.save(force_insert=True)
    _record(run, "schedule.run_failed")
    pausing.tell_of(run, now=now)
    pausing.failed(run.schedule, now=now)


def _record(run: ScheduleRun, action: str) -> None:
    fire_at = run.fire_at.isoformat()
    pausing.record(
        action, run.schedule, actor=_BEAT, fire_at=fire_at, reason=run.reason_code
    )


def _covers(schedule: Schedule, until: datetime) -> TimeRange | None:
    if schedule.data_range != Schedule.DataRange.SINCE_PREVIOUS:
        return None
    return TimeRange(schedule.covered_until, until)
