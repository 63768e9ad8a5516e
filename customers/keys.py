"""API keys and staff tokens: issued, rotated, revoked, found again by their text."""

import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Final, TypeVar
from uuid import UUID

from django.db import models, transaction

from customers import audit, ids, security
from customers.actors import SCOPES, Actor
from customers.addresses import is_within, parse
from customers.models import ApiKey, Business, StaffToken, User
from customers.rows import sole

_SYMBOLS: Final = string.ascii_lowercase + string.digits
_USED_EVERY: Final = timedelta(minutes=1)

Credential = TypeVar("Credential", ApiKey, StaffToken)


@dataclass(frozen=True, slots=True)
class _Secret:
    """``<head>_<12 characters>_<43 characters>``; the hash is of the last part."""

    head: str
    prefix: str
    secret: str

    @classmethod
    def new(cls, head: str) -> "_Secret":
        prefix = "".join(secrets.choice(_SYMBOLS) for _ in range(12))
        return cls(head, prefix, secrets.token_urlsafe(32))

    @classmethod
    def read(cls, head: str, text: str) -> "_Secret":
        """Of text that is none, an empty one: it is looked up and compared like any."""
        pattern = rf"{head}_([a-z0-9]{{12}})_([A-Za-z0-9_-]{{43}})"
        match = re.fullmatch(pattern, text)
        return cls(head, *(match.groups() if match else ("", "")))

    @property
    def text(self) -> str:
        return f"{self.head}_{self.prefix}_{self.secret}"

    @property
    def hash(self) -> str:
        # 256 random bits need no slow hash: there is nothing to guess from.
        return hashlib.sha256(self.secret.encode()).hexdigest()


_KEY: Final = "kyb"
_TOKEN: Final = "kybstaff"  # noqa: S105 -- how every token begins
_NOBODY: Final = "0" * 64


def issue(  # noqa: PLR0913 -- all that a key is
    name: str,
    *,
    businesses: Sequence[Business],
    scopes: Iterable[str],
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
    networks: Sequence[str] = (),
    key_id: UUID | None = None,
) -> tuple[ApiKey, str]:
    """The key, and its text, which is not to be had again.

    :raises IntegrityError: there is a key with this ``key_id``.
    :raises ValueError: for a key of no business, or an unknown scope or network.
    """
    secret = _Secret.new(_KEY)
    key = ApiKey(
        id=key_id or ids.new_id(),
        name=name,
        prefix=secret.prefix,
        secret_hash=secret.hash,
        scopes=_known_scopes(scopes),
        networks=[str(ip_network(network)) for network in networks],
        created_at=now,
        expires_at=expires_at,
    )
    if not businesses:
        raise ValueError("a key belongs to at least one business")
    with transaction.atomic():
        key.save(force_insert=True)
        key.businesses.set(businesses)
        _record_key("api_key.issue", key, actor=actor, now=now)
    return key, secret.text


def rotate(credential: ApiKey | StaffToken, *, actor: Actor, now: datetime) -> str:
    """Another text for it; the one before is void at once."""
    secret = _Secret.new(_KEY if isinstance(credential, ApiKey) else _TOKEN)
    with transaction.atomic():
        credential.prefix, credential.secret_hash = secret.prefix, secret.hash
        credential.save(update_fields=["prefix", "secret_hash"])
        _record("rotate", credential, actor=actor, now=now)
    return secret.text


def revoke(credential: ApiKey | StaffToken, *, actor: Actor, now: datetime) -> None:
    """From now on; a second time it changes nothing."""
    with transaction.atomic():
        rows = type(credential)._base_manager.filter(pk=credential.pk)
        if rows.filter(revoked_at=None).update(revoked_at=now):
            _record("revoke", credential, actor=actor, now=now)
    credential.refresh_from_db(fields=["revoked_at"])


def find(text: str, *, now: datetime, ip_address: str) -> ApiKey | None:
    """The live key with this text that may be used from this address."""
    presented = _Secret.read(_KEY, text)
    key = _match(ApiKey.objects.live(now), presented)
    if key is None:
        _refused(presented, "no live key", ip_address=ip_address)
        return None
    if not _is_allowed_from(ip_address, key.networks):
        _refused(presented, "network", ip_address=ip_address)
        return None
    _mark_used(ApiKey.objects.filter(pk=key.pk), key.last_used_at, now=now)
    return key


def issue_token(
    name: str,
    *,
    user: User,
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[StaffToken, str]:
    secret = _Secret.new(_TOKEN)
    with transaction.atomic():
        token = StaffToken.objects.create(
            user=user,
            name=name,
            prefix=secret.prefix,
            secret_hash=secret.hash,
            created_at=now,
            expires_at=expires_at,
        )
        _record_token("staff_token.issue", token, actor=actor, now=now)
    return token, secret.text


def find_token(text: str, *, now: datetime) -> StaffToken | None:
    """The live token with this text, its user with it."""
    live = StaffToken.objects.live(now).select_related("user")
    presented = _Secret.read(_TOKEN, text)
    token = _match(live, presented)
    if token is None:
        _refused(presented, "no live token")
    else:
        used = StaffToken.objects.filter(pk=token.pk)
        _mark_used(used, token.last_used_at, now=now)
    return token


def _match(rows: models.QuerySet[Credential], presented: _Secret) -> Credential | None:
    """One look-up, one hash, one comparison: whether there is such a prefix or not."""
    row = sole(rows.filter(prefix=presented.prefix))
    expected = row.secret_hash if row else _NOBODY
    return row if hmac.compare_digest(presented.hash, expected) else None


def _refused(presented: _Secret, reason: str, *, ip_address: str = "") -> None:
    security.refused(
        "credential_refused",
        credential=presented.head,
        prefix=presented.prefix or None,
        reason=reason,
        ip_address=ip_address,
    )


def _is_allowed_from(ip_address: str, networks: list[str]) -> bool:
    address = parse(ip_address)
    return not networks or (address is not None and is_within(address, networks))


def _mark_used(
    row: models.QuerySet[Credential], last: datetime | None, *, now: datetime
) -> None:
    """At most once a minute: reading with a key should not mean writing."""
    if last is None or now - last >= _USED_EVERY:
        row.update(last_used_at=now)


def _known_scopes(scopes: Iterable[str]) -> list[str]:
    wanted = set(scopes)
    unknown = sorted(wanted.difference(SCOPES))
    if unknown:
        known = ", ".join(SCOPES)
        raise ValueError(f"unknown scope {', '.join(unknown)}; known: {known}")
    return [scope for scope in SCOPES if scope in wanted]


def _record(
    verb: str, credential: ApiKey | StaffToken, *, actor: Actor, now: datetime
) -> None:
    if isinstance(credential, ApiKey):
        _record_key(f"api_key.{verb}", credential, actor=actor, now=now)
    else:
        _record_token(f"staff_token.{verb}", credential, actor=actor, now=now)


def _record_key(action: str, key: ApiKey, *, actor: Actor, now: datetime) -> None:
    """Once in the trail of every business that the key opens."""
    for business_id in key.businesses.order_by("id").values_list("id", flat=True):
        audit.record(
            action,
            actor=actor,
            business_id=business_id,
            object_type="api_key",
            object_id=ids.show("key", key.pk),
            details={"name": key.name, "prefix": key.prefix, "scopes": key.scopes},
            now=now,
        )


def _record_token(
    action: str, token: StaffToken, *, actor: Actor, now: datetime
) -> None:
    audit.record(
        action,
        actor=actor,
        business_id=None,
        object_type="staff_token",
        object_id=str(token.pk),
        details={"name": token.name, "prefix": token.prefix, "user": token.user_id},
        now=now,
    )
