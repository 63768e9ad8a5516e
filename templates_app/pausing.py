"""What becomes of a schedule whose runs end well, or fail again and again."""

import logging
from datetime import datetime

from customers import audit
from customers.actors import Actor, system
from exports.conf import knob
from templates_app.models import Schedule

logger = logging.getLogger(__name__)
_STATE = ("failures", "paused_at", "paused_reason", "next_at")


def succeeded(schedule: Schedule) -> None:
    """Within the transaction that says so of the run."""
    if schedule.failures:
        schedule.failures = 0
        schedule.save(update_fields=_STATE)


def failed(schedule: Schedule, *, now: datetime) -> None:
    """Within the transaction that says so of the run."""
    schedule.failures += 1
    is_over = schedule.failures >= int(knob("SCHEDULE_MAX_FAILURES"))
    if is_over and schedule.paused_at is None:
        pause(schedule, Schedule.Paused.FAILURES, actor=system("beat"), now=now)
        paused(schedule)
    schedule.save(update_fields=_STATE)


def pause(schedule: Schedule, reason: str, *, actor: Actor, now: datetime) -> None:
    """Not yet saved."""
    schedule.paused_at, schedule.paused_reason = now, reason
    schedule.next_at = None
    record(
        "schedule.paused",
        schedule,
        actor=actor,
        reason=reason,
        failures=schedule.failures,
    )


def resume(schedule: Schedule, *, actor: Actor, now: datetime) -> None:
    """Not yet saved. What was due meanwhile was not missed."""
    schedule.paused_at, schedule.paused_reason = None, ""
    schedule.failures = 0
    schedule.next_at = schedule.timetable.after(now)
    record("schedule.resumed", schedule, actor=actor)


def paused(schedule: Schedule) -> None:
    """It paused itself: whoever should know is told within the same transaction."""
    logger.warning(
        "schedule %s paused itself after %s failures",
        schedule.schedule_id,
        schedule.failures,
    )


def record(action: str, schedule: Schedule, *, actor: Actor, **details: object) -> None:
    audit.record(
        action,
        actor=actor,
        business_id=schedule.business_id,
        object_type="schedule",
        object_id=schedule.schedule_id,
        outcome="failed" if action == "schedule.run_failed" else "ok",
        details={"name": schedule.name} | details,
    )
