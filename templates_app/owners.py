"""Whose rights a schedule runs with, as they are at the moment."""

from datetime import datetime

from exports import askers
from exports.askers import Asker as Owner
from exports.errors import Forbidden
from templates_app.models import Schedule

__all__ = ["Owner", "owner_of"]


def owner_of(schedule: Schedule, *, now: datetime) -> Owner:
    """:raises Forbidden: they may no longer do anything here; it says why."""
    try:
        owner = askers.standing(schedule.owner_kind, schedule.owner_id, now=now)
    except askers.Lost as lost:
        raise _lost(schedule, str(lost)) from lost
    if owner.actor.grant(schedule.business_id) is None:
        raise _lost(schedule, "no longer has access to the business")
    return owner


def _lost(schedule: Schedule, why: str) -> Forbidden:
    what = "API key" if schedule.owner_kind == "key" else "account"
    return Forbidden(
        f"the {what} '{schedule.owner_label}' that owns this schedule {why}:"
        " somebody else can take it over"
    )
