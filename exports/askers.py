"""Whoever asked for something a while ago: what they may do at this moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from customers import ids, security
from customers.actors import Actor
from customers.authentication import actor_for_key, actor_for_user
from customers.models import ApiKey, User
from customers.rows import sole
from exports.errors import Forbidden
from exports.models import ExportJob
from exports.pipeline.datasets import custom


@dataclass(frozen=True, slots=True)
class Asker:
    """:ivar user: None when it is a key."""

    actor: Actor
    user: User | None = None


class Lost(Exception):
    """They may do nothing any more; its text says why, as what is said of a key."""


def standing(kind: str, key: str, *, now: datetime) -> Asker:
    """:param kind: ``key``, or ``staff``.

    :raises Lost: there are no such rights any more.
    """
    return _key(key, now) if kind == "key" else _staff(key)


def _key(shown: str, now: datetime) -> Asker:
    pk = ids.read("key", shown)
    key = sole(ApiKey.objects.filter(pk=pk)) if pk else None
    if key is None:
        raise Lost("is gone")
    if key.revoked_at is not None:
        raise Lost("was revoked")
    if key.expires_at is not None and key.expires_at <= now:
        raise Lost("has expired")
    return Asker(actor_for_key(key))


def _staff(key: str) -> Asker:
    user = sole(User.objects.filter(pk=key))
    if user is None:
        raise Lost("is gone")
    if not user.is_active or not user.is_staff:
        raise Lost("is closed")
    return Asker(actor_for_user(user), user)


def check(job: ExportJob, *, now: datetime) -> None:
    """A file leaves by mail and to destinations, where nobody is asked who they are.

    :raises Forbidden: whoever asked for it may no longer have it made.
    """
    if job.actor_kind not in {"key", "staff"}:
        return  # the service itself, on an operator's behalf
    wanted = {"exports:write"}
    if job.export_type == custom.NAME:
        wanted.add("custom_query")
    try:
        actor = standing(job.actor_kind, job.actor_id, now=now).actor
    except Lost as lost:
        _refuse(job, f"{_named(job)} that asked for this {lost}")
    else:
        grant = actor.grant(job.business_id)
        if grant is None or not wanted <= grant.scopes:
            _refuse(job, f"{_named(job)} may no longer make such exports here")
        elif grant.clearance < job.clearance:
            _refuse(job, f"{_named(job)} may no longer see all that this shows")


def _named(job: ExportJob) -> str:
    return "the API key" if job.actor_kind == "key" else "the account"


def _refuse(job: ExportJob, message: str) -> NoReturn:
    """:raises Forbidden: always; and the log of security is told."""
    asker = Actor(kind=job.actor_kind, id=job.actor_id, label=job.actor_label)
    security.refused("permission_refused", actor=asker, business=job.business_id)
    raise Forbidden(message)
