"""The same request twice does its work once: first answers are kept and replayed.

A record is claimed before the work and settled after it. What the work makes is noted
in the record by the very transaction that makes it: when a process is killed after its
commit, the next request finds what there is. One that is killed before holds its key
until the lease is over; the next request then runs anew.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Event, Thread
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from customers import ids
from customers.actors import Actor
from exports.conf import knob
from exports.errors import Conflict, IdempotencyMismatch, Invalid
from exports.models import IdempotencyRecord

logger = logging.getLogger(__name__)
HEADER: Final = "Idempotency-Key"
_SALT: Final = "exports.idempotency"
LEASE: Final = timedelta(seconds=60)
_BEATS: Final = 60
"""How often a lease is renewed at most: no request lasts that long."""
_WELL_FORMED: Final = re.compile(r"[!-~]{1,255}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as far as it has to be the same the next time."""

    key: str
    method: str
    path: str
    body: bytes

    @property
    def digest(self) -> str:
        """By a key of the server: nobody can try passwords of the body against it."""
        return self._by(settings.SECRET_KEY)

    def fits(self, digest: str) -> bool:
        """Also when the key of the server was changed since."""
        older = (self._by(key) for key in settings.SECRET_KEY_FALLBACKS)
        return digest in {self.digest, *older}

    def _by(self, secret: str) -> str:
        text = f"{self.method}\n{self.path}\n".encode() + self.body
        made = salted_hmac(_SALT, text, secret=secret, algorithm="sha256")
        return made.hexdigest()


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to settle a record."""

    pk: UUID
    token: UUID


def begin(asked: Asked, *, actor: Actor, now: datetime) -> Claim | IdempotencyRecord:
    """The right to do the work, or the record of it when it was done.

    Such a record has the answer; or, when nobody lived to give one, what was made.

    :raises Invalid: the key is none.
    :raises IdempotencyMismatch: it was used for another request.
    :raises Conflict: the first request with it still runs.
    """
    if not _WELL_FORMED.fullmatch(asked.key):
        message = f"{HEADER} must be 1 to 255 visible ASCII characters"
        raise Invalid.field(HEADER, message)
    record, made = IdempotencyRecord.objects.get_or_create(
        actor=f"{actor.kind}:{actor.id}",
        key_hash=sha256(asked.key.encode()).hexdigest(),
        defaults={
            "request_hash": asked.digest,
            "lease_until": now + LEASE,
            "expires_at": _expiry(now),
        },
    )
    if made:
        return Claim(record.pk, record.token)
    if record.expires_at > now:
        if not asked.fits(record.request_hash):
            message = f"this {HEADER} was used for another request"
            raise IdempotencyMismatch(message)
        if record.status is not None or record.made is not None:
            return record
        if record.lease_until > now:
            raise running()
    return _taken_over(record, asked.digest, now=now)


def anew(record: IdempotencyRecord, *, now: datetime) -> Claim:
    """The right to do the work again: what was made of it came to nothing.

    :raises Conflict: another request was faster.
    """
    return _taken_over(record, record.request_hash, now=now)


def _taken_over(record: IdempotencyRecord, digest: str, *, now: datetime) -> Claim:
    """The record of a request that died, or whose time is over."""
    token = ids.new_id()
    # Exactly as it was read: one that was thought dead may have come to its end.
    taken = IdempotencyRecord.objects.filter(
        pk=record.pk, token=record.token, status=record.status, made=record.made
    ).update(
        token=token,
        request_hash=digest,
        lease_until=now + LEASE,
        expires_at=_expiry(now),
        business=None,
        made=None,
        status=None,
        headers={},
        body=None,
    )
    if not taken:
        raise running()
    return Claim(record.pk, token)


def running() -> Conflict:
    return Conflict(f"the first request with this {HEADER} still runs")


def _expiry(now: datetime) -> datetime:
    return now + timedelta(seconds=knob("IDEMPOTENCY_TTL_SECONDS"))


@contextmanager
def held(claim: Claim) -> Iterator[None]:
    """Renews the lease of a request that takes long; short ones never notice."""
    over = Event()
    Thread(target=_renew, args=(claim, over), name="idempotency", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _renew(claim: Claim, over: Event) -> None:
    for _ in range(_BEATS):
        if over.wait(LEASE.total_seconds() / 3):
            return
        try:
            _mine(claim).update(lease_until=timezone.now() + LEASE)
        except Error:
            logger.warning("a lease of an idempotency key could not be renewed")
        finally:
            connection.close()


def note(claim: Claim, made: str, *, business_id: str) -> None:
    """Say what was made, inside the transaction that makes it.

    :raises Conflict: another request has the key by now.
    """
    if not _mine(claim).update(made=made, business_id=business_id):
        raise running()


def settle(claim: Claim, *, status: int, headers: Mapping[str, str], body: Any) -> None:
    """Keep the answer, without what is secret in it."""
    _mine(claim).update(
        status=status, headers=dict(headers), body=without_secrets(body)
    )


def release(claim: Claim) -> None:
    """The request failed: the next one with its key runs anew.

    But for what was made before it failed, which the next one finds.
    """
    _mine(claim).filter(made=None).delete()


def _mine(claim: Claim) -> Any:
    return IdempotencyRecord.objects.filter(pk=claim.pk, token=claim.token)


def without_secrets(value: Any) -> Any:
    """Signed links are made anew; a secret that was shown once is not shown again.

    ``metadata`` is the caller's own, whatever its names.
    """
    if isinstance(value, Mapping):
        return {
            str(name): item if name == "metadata" else _shown(name, item)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [without_secrets(item) for item in value]
    return value


def _shown(name: str, item: Any) -> Any:
    return None if name in _SECRETS else without_secrets(item)


_SECRETS: Final = frozenset({"file_url", "bundle_url", "secret", "password"})


def expire(*, now: datetime) -> int:
    return IdempotencyRecord.objects.filter(expires_at__lte=now).delete()[0]
