"""Who sends this request: a program with a key, or staff with a session or token."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.db.models import prefetch_related_objects
from django.utils import timezone
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from customers import ids, keys
from customers.actors import ALL, SCOPES, Actor, Grant
from customers.addresses import client_address
from customers.clearance import Clearance
from customers.models import ApiKey, Membership, User

REALM: Final = 'Bearer realm="kyb-export"'

_READ: Final = frozenset({"exports:read"})
_MANAGER: Final = Grant(frozenset(SCOPES), Clearance.SENSITIVE)

ROLES: Final = {
    Membership.Role.VIEWER: Grant(_READ, Clearance.INTERNAL),
    Membership.Role.AUDITOR: Grant(_READ, Clearance.INTERNAL),
    Membership.Role.OPERATOR: Grant(
        _READ | {"exports:write", "templates:write", "schedules:write"},
        Clearance.PERSONAL,
    ),
    Membership.Role.MANAGER: _MANAGER,
}


@dataclass(frozen=True, slots=True)
class Principal:
    """A key in the place where REST framework expects a user."""

    id: str
    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False
    is_active: ClassVar[bool] = True

    @property
    def pk(self) -> str:
        return self.id


def actor_for_key(key: ApiKey, *, request_id: str = "", ip_address: str = "") -> Actor:
    may_see_people = "pii:read" in key.scopes
    clearance = Clearance.SENSITIVE if may_see_people else Clearance.INTERNAL
    grant = Grant(frozenset(key.scopes), clearance)
    rows = ApiKey.businesses.through.objects.filter(apikey=key)
    business_ids = rows.values_list("business_id", flat=True)
    return Actor(
        kind="key",
        id=ids.show("key", key.pk),
        label=key.name,
        grants=dict.fromkeys(business_ids, grant),
        request_id=request_id,
        ip_address=ip_address,
    )


def actor_for_user(user: User, *, request_id: str = "", ip_address: str = "") -> Actor:
    return Actor(
        kind="staff",
        id=str(user.pk),
        label=user.get_username(),
        grants={ALL: _MANAGER} if user.is_superuser else _grants(user),
        request_id=request_id,
        ip_address=ip_address,
    )


class ApiKeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer <API key>``."""

    def authenticate(self, request: Request) -> tuple[Principal, Actor] | None:
        """:raises AuthenticationFailed: in the same words whatever is wrong with it."""
        text = _bearer(request)
        if text is None:
            return None
        address = client_address(request)
        key = keys.find(text, now=timezone.now(), ip_address=address)
        if key is None:
            raise AuthenticationFailed("The API key is not valid")
        actor = actor_for_key(key, request_id=_request_id(request), ip_address=address)
        return Principal(actor.id), actor

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 -- the hook
        return REALM


class StaffTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <staff token>``; only where a view names it."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """:raises AuthenticationFailed: in the same words whatever is wrong with it."""
        text = _bearer(request)
        if text is None:
            return None
        token = keys.find_token(text, now=timezone.now())
        if token is None or not token.user.is_staff:
            raise AuthenticationFailed("The staff token is not valid")
        return token.user, _actor(token.user, request)

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 -- the hook
        return REALM


class StaffSessionAuthentication(SessionAuthentication):
    """The admin's session; whatever writes needs its CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        found = super().authenticate(request)
        if found is None or not found[0].is_staff:
            return None
        return found[0], _actor(found[0], request)


def is_session(request: Any) -> bool:
    """Whether it was let in as the admin's pages are.

    Not by the header: one of another scheme leaves a session what it is. Nor is it
    asked anew who this is, for that may be what failed.
    """
    found = getattr(request, "_authenticator", None)
    return isinstance(found, StaffSessionAuthentication)


def _actor(user: User, request: Request) -> Actor:
    return actor_for_user(
        user, request_id=_request_id(request), ip_address=client_address(request)
    )


def _grants(user: User) -> dict[str, Grant]:
    # They stay with the account, which is of one request: permissions read them too.
    prefetch_related_objects([user], "memberships")
    return {
        each.business_id or ALL: ROLES[Membership.Role(each.role)]
        for each in user.memberships.all()
    }


def _bearer(request: Request) -> str | None:
    """What stands behind ``Bearer``; None when the scheme is another."""
    scheme, _, text = get_authorization_header(request).partition(b" ")
    return text.strip().decode("latin-1") if scheme.lower() == b"bearer" else None


def _request_id(request: Request) -> str:
    """What the middleware has set; empty without it."""
    return str(getattr(request, "request_id", ""))
