"""Schedules are made, changed and deleted here: checked and audited.

Whoever changes a schedule becomes its owner, so that nobody makes another's rights
export what they may not see themselves. To pause and to resume changes nothing.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.utils import translation

from customers import ids
from customers.actors import Actor
from customers.models import User
from customers.reach import Businesses, within
from exports import policy
from exports.errors import Detail, ExportError, Forbidden, Invalid, NotFound, placed
from templates_app import launching, pausing, schedule_drafts
from templates_app.launching import Moment
from templates_app.models import Schedule, ScheduleQuerySet
from templates_app.owners import Owner

SCOPE: Final = "schedules:write"
_OF_NO_OWNER: Final = frozenset({"business_id", "paused"})
"""What says nothing of what is exported, or when."""
_TIMES: Final = ("cron", "interval_minutes", "time_zone", "starts_at", "ends_at")


def create(body: Any, *, actor: Actor, now: datetime) -> Schedule:
    """:raises ExportError: whatever is wrong with the body or the asking.

    :raises Conflict: there are too many.
    """
    business = policy.business_of(body, actor)
    policy.granted(actor, SCOPE, business.id)
    schedule_drafts.check_body(body, schedule_drafts.FIELDS)
    row = Schedule(business=business, anchor_at=now, covered_until=now)
    row.created_at = row.updated_at = now
    _fill(row, schedule_drafts.read(body, business=business), actor=actor, now=now)
    if body.get("paused"):
        row.paused_at, row.paused_reason = now, Schedule.Paused.BY_REQUEST
        row.next_at = None
    with policy.changing(business.id):
        own = Schedule.objects.for_business(business.id)
        policy.check_room(own, "MAX_SCHEDULES_PER_BUSINESS", of="schedules")
        row.save(force_insert=True)
        pausing.record("schedule.created", row, actor=actor)
    return row


def replace(schedule_id: str, body: Any, *, actor: Actor, now: datetime) -> Schedule:
    """What the body leaves out gets its default.

    :raises ExportError: whatever is wrong with the body or the asking.
    """
    base = {"paused": False, "password": None}
    return _change(schedule_id, body, base, actor=actor, now=now)


def amend(schedule_id: str, body: Any, *, actor: Actor, now: datetime) -> Schedule:
    """What the body leaves out stays; null stands for the default.

    :raises ExportError: whatever is wrong with the body or the asking.
    """
    return _change(schedule_id, body, None, actor=actor, now=now)


def delete(schedule_id: str, *, actor: Actor) -> None:
    """Its jobs stay, and their files.

    :raises NotFound: there is none, or it is not theirs: alike.
    """
    with _locked(schedule_id, actor) as row:
        pausing.record("schedule.deleted", row, actor=actor)
        row.delete()


def find(schedule_id: str, *, actor: Actor, scope: str) -> Schedule:
    """:raises NotFound: there is none, or it is not theirs: alike.

    :raises Forbidden: it is theirs, but not for this.
    """
    rows = visible(actor, None).select_related("business")
    absent = NotFound.of("schedule", schedule_id)
    key = ids.read("sch", schedule_id)
    return policy.found(rows, key, actor=actor, scope=scope, absent=absent)


def visible(actor: Actor, businesses: Businesses) -> ScheduleQuerySet:
    """Those of these businesses; of customers only for who may export them."""
    rows = Schedule.objects.for_businesses(businesses)
    if actor.kind != "staff":
        return rows.filter(customers__isnull=True)
    exporting = actor.businesses_with("exports:write")
    # An empty condition is no alternative to another: Django leaves it out.
    if exporting is None:
        return rows
    return rows.filter(Q(customers__isnull=True) | within(exporting))


def _change(
    schedule_id: str,
    body: Any,
    base: Mapping[str, Any] | None,
    *,
    actor: Actor,
    now: datetime,
) -> Schedule:
    """:param base: what the body is laid over; None: the schedule as it is."""
    with _locked(schedule_id, actor) as row:
        wanted = schedule_drafts.check_body(body, schedule_drafts.CHANGING)
        _check_same(wanted, row)
        if base is not None or set(wanted) - _OF_NO_OWNER:
            over = schedule_drafts.as_body(row) if base is None else base
            values = schedule_drafts.read({**over, **wanted}, business=row.business)
            _rewrite(row, values, wanted, actor=actor, now=now)
        is_paused = {**(base or {}), **wanted}.get("paused", row.paused_at is not None)
        _pause(row, wanted=bool(is_paused), actor=actor, now=now)
        row.save()
    return row


def _rewrite(
    row: Schedule,
    values: Mapping[str, Any],
    wanted: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    before = (row.owner_kind, row.owner_id)
    changes = [name for name in values if _differs(row, name, values[name])]
    if not changes and not wanted.get("take_over"):
        return
    _fill(row, values, actor=actor, now=now)
    row.version += 1
    row.updated_at = now
    if before != (row.owner_kind, row.owner_id):
        changes.append("owner")
    pausing.record("schedule.changed", row, actor=actor, changed=changes)


def _differs(row: Schedule, name: str, value: Any) -> bool:
    """A password that is sent is a new one: nobody learns whether it is the same."""
    if name == "password":
        return value is not None or row.has_password
    return bool(value != getattr(row, name))


def _pause(row: Schedule, *, wanted: bool, actor: Actor, now: datetime) -> None:
    if wanted and row.paused_at is None:
        pausing.pause(row, Schedule.Paused.BY_REQUEST, actor=actor, now=now)
    elif not wanted and row.paused_at is not None:
        pausing.resume(row, actor=actor, now=now)


def _fill(
    row: Schedule, values: Mapping[str, Any], *, actor: Actor, now: datetime
) -> None:
    """:raises ExportError: the one who acts could not run what it is to export."""
    is_new = row._state.adding
    moves = any(values[name] != getattr(row, name) for name in _TIMES)
    for name, value in values.items():
        if name == "password":
            row.wrapped_password = launching.wrapped(row, value)
        else:
            setattr(row, name, value)
    if row.has_password and row.customers is not None:
        raise Invalid.field("password", "password must be null for customer_360")
    row.owner_kind, row.owner_id, row.owner_label = actor.kind, actor.id, actor.label
    row.language = translation.get_language() or "en"
    _check_export(row, actor, now)
    if is_new or moves:
        row.anchor_at = schedule_drafts.anchor(row.starts_at, now=now)
        due_at = row.timetable.after(now)
        if due_at is None:
            raise Invalid.field(
                "cron" if row.cron else "interval_minutes",
                f"{'cron' if row.cron else 'interval_minutes'} is never due again",
            )
        row.next_at = due_at if row.paused_at is None else None


def _check_export(row: Schedule, actor: Actor, now: datetime) -> None:
    name = "export" if row.customers is None else "customer_360"
    try:
        job = launching.job_of(row, _as_owner(actor), Moment(now, now))
    except ExportError as error:
        raise _placed(error, name) from error
    is_ranged = job.resolved_range is not None or job.spec.get("time_range")
    if row.data_range == Schedule.DataRange.SINCE_PREVIOUS and is_ranged:
        message = "must name no time range: data_range since_previous sets it"
        raise Invalid.field(name, f"{name} {message}")


def _as_owner(actor: Actor) -> Owner:
    """:raises Forbidden: nobody who could be asked again at a run."""
    if actor.kind == "key":
        return Owner(actor)
    user = User.objects.filter(pk=actor.id).first() if actor.kind == "staff" else None
    if user is None:
        raise Forbidden("a schedule belongs to an API key or an account of staff")
    return Owner(actor, user)


def _placed(error: ExportError, name: str) -> ExportError:
    """The same error, of a request that is a field of another."""
    details = [_placed_detail(each, name) for each in error.details]
    if isinstance(error, Invalid) and details:
        return Invalid.of(details)
    return type(error)(f"{name}: {error.message}", details=details)


def _placed_detail(detail: Detail, name: str) -> Detail:
    """A password is beside the request, not in it."""
    if detail["field"] == "password":
        return {"field": "password", "message": detail["message"]}
    return placed(detail, name)


def _check_same(body: Mapping[str, Any], row: Schedule) -> None:
    """:raises Invalid: it names another business."""
    if body.get("business_id") not in (None, row.business_id):
        message = f"business_id cannot be changed: it is '{row.business_id}'"
        raise Invalid.field("business_id", message)


@contextmanager
def _locked(schedule_id: str, actor: Actor) -> Iterator[Schedule]:
    """One change of a business's schedules at a time, in one transaction."""
    found = find(schedule_id, actor=actor, scope=SCOPE)
    with policy.changing(found.business_id):
        rows = Schedule.objects.select_related("business")
        row = rows.filter(pk=found.pk).first()
        if row is None:
            raise NotFound.of("schedule", schedule_id)
        yield row
