"""What becomes of a schedule whose runs end well, or fail again and again."""

import logging
from datetime import datetime

from django.conf import settings

from customers import audit
from customers.actors import Actor, system
from customers.models import User
from exports import outbox
from exports.conf import knob
from exports.pipeline import receivers
from exports.pipeline.problems import Problems
from exports.states import Event
from templates_app.models import Schedule, ScheduleRun

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
        _tell(schedule, now=now)
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


def _tell(schedule: Schedule, *, now: datetime) -> None:
    """It paused itself: whoever should know is told within the same transaction."""
    logger.warning(
        "schedule %s paused itself after %s failures",
        schedule.schedule_id,
        schedule.failures,
    )
    reason = f"{schedule.failures} runs in a row have failed"
    told = {"schedule_id": schedule.schedule_id, "name": schedule.name}
    told |= {"business_id": schedule.business_id, "reason": reason}
    event, business_id = Event.SCHEDULE_PAUSED, schedule.business_id
    outbox.publish(event, business_id=business_id, data=told, now=now)
    # Programs are told in English; a mail is written in the language of its reader.
    written = told | {"failures": schedule.failures}
    outbox.mail(
        event,
        business_id=business_id,
        receivers=_receivers(schedule),
        data=written,
        now=now,
    )


def tell_of(run: ScheduleRun, *, now: datetime) -> None:
    """It came to no job, whose end would be told: within the same transaction."""
    schedule = run.schedule
    told = {"schedule_id": schedule.schedule_id, "name": schedule.name}
    outbox.mail(
        Event.RUN_FAILED,
        business_id=schedule.business_id,
        receivers=_receivers(schedule),
        data=told | {"reason": run.reason, "code": run.reason_code},
        now=now,
    )


def _receivers(schedule: Schedule) -> list[outbox.Receiver]:
    """Who waits for its files, and its owner; each once, in the language first named.

    The owner may be a key, or somebody who has left.
    """
    if not settings.MAIL_IS_SET_UP:
        return []
    notify = receivers.parse((schedule.export or {}).get("notify"), Problems())
    named = [outbox.Receiver(**each) for each in notify.get("email", [])]
    found = {each.address.lower(): each for each in _mailbox_of_owner(schedule)}
    return list((found | {each.address.lower(): each for each in named}).values())


def _mailbox_of_owner(schedule: Schedule) -> list[outbox.Receiver]:
    """A key has none: programs listen with a webhook."""
    if schedule.owner_kind != "staff":
        return []
    owner = User.objects.filter(pk=schedule.owner_id, is_active=True).first()
    if owner is None or not owner.email:
        return []
    return [outbox.Receiver(owner.email, _language(schedule))]


def _language(schedule: Schedule) -> str:
    """That of the pages on which its owner made it, if it is not the API's own."""
    is_chosen = schedule.language in dict(settings.LANGUAGES)
    if is_chosen and schedule.language != settings.LANGUAGE_CODE:
        return schedule.language
    return str(knob("MAIL_LANGUAGE"))


def record(action: str, schedule: Schedule, *, actor: Actor, **details: object) -> None:
    audit.record_row(
        action,
        schedule,
        actor=actor,
        outcome="failed" if action == "schedule.run_failed" else "ok",
        **{"name": schedule.name} | details,
    )
