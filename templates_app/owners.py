"""Whose rights a schedule runs with, as they are at the moment."""

from dataclasses import dataclass
from datetime import datetime

from customers import ids
from customers.actors import Actor
from customers.authentication import actor_for_key, actor_for_user
from customers.models import ApiKey, User
from exports.errors import Forbidden
from templates_app.models import Schedule


@dataclass(frozen=True, slots=True)
class Owner:
    """:ivar user: None when it is a key."""

    actor: Actor
    user: User | None = None


def owner_of(schedule: Schedule, *, now: datetime) -> Owner:
    """:raises Forbidden: they may no longer do anything here; it says why."""
    owner = _key(schedule, now) if schedule.owner_kind == "key" else _staff(schedule)
    if owner.actor.grant(schedule.business_id) is None:
        raise _lost(schedule, "no longer has access to the business")
    return owner


def _key(schedule: Schedule, now: datetime) -> Owner:
    pk = ids.read("key", schedule.owner_id)
    key = ApiKey.objects.filter(pk=pk).first() if pk else None
    if key is None:
        raise _lost(schedule, "is gone")
    if key.revoked_at is not None:
        raise _lost(schedule, "was revoked")
    if key.expires_at is not None and key.expires_at <= now:
        raise _lost(schedule, "has expired")
    return Owner(actor_for_key(key))


def _staff(schedule: Schedule) -> Owner:
    user = User.objects.filter(pk=schedule.owner_id).first()
    if user is None:
        raise _lost(schedule, "is gone")
    if not user.is_active or not user.is_staff:
        raise _lost(schedule, "is closed")
    return Owner(actor_for_user(user), user)


def _lost(schedule: Schedule, why: str) -> Forbidden:
    what = "API key" if schedule.owner_kind == "key" else "account"
    return Forbidden(
        f"the {what} '{schedule.owner_label}' that owns this schedule {why}:"
        " somebody else can take it over"
    )
