"""Who is at the admin, and how far their roles reach: looked up once a request."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.http import HttpRequest

from customers.actors import ALL, Actor
from customers.addresses import client_address
from customers.authentication import actor_for_user
from customers.clearance import Clearance
from customers.models import Membership, User

Role = Membership.Role
EVERY_ROLE: Final = frozenset(Role)
_NOBODY: Final = Actor(kind="staff", id="", label="")


@dataclass(frozen=True, slots=True)
class Reach:
    """Some businesses: those of ``ids``; or all but these, when ``everywhere``."""

    ids: frozenset[str] = frozenset()
    everywhere: bool = False

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.ids)

    def __contains__(self, business_id: str | None) -> bool:
        """No business at all is only within the reach that has no bounds."""
        if business_id is None:
            return self.everywhere
        return (business_id in self.ids) is not self.everywhere

    def rows(self, path: str = "business_id") -> Q:
        """The condition on rows whose business is at ``path``."""
        among = Q(**{f"{path}__in": self.ids})
        # Without ids this holds of every row. So would an empty Q, but not beside
        # another condition: of the two it is left out.
        return ~among if self.everywhere else among


@dataclass(frozen=True, slots=True)
class Person:
    """:ivar roles: by business id, or ``ALL``; one of its own stands before that."""

    actor: Actor
    roles: dict[str, Role]
    is_superuser: bool

    def reach(
        self,
        *,
        roles: Collection[Role] = EVERY_ROLE,
        clearance: Clearance = Clearance.PUBLIC,
    ) -> Reach:
        """The businesses where they have one of the roles and see so far."""
        held = {
            key
            for key, role in self.roles.items()
            if role in roles and self.actor.grants[key].clearance >= clearance
        }
        if ALL in held:
            return Reach(frozenset(self.roles.keys() - held), everywhere=True)
        return Reach(frozenset(held))

    def clearance(self, reach: Reach) -> Clearance:
        """How far they see wherever this reaches."""
        keys = self.roles.keys() - reach.ids if reach.everywhere else reach.ids
        grants = [self.actor.grant(key) for key in keys]
        return min(
            (each.clearance for each in grants if each), default=Clearance.PUBLIC
        )


def person(request: HttpRequest) -> Person:
    """Nobody's roles are none: the page to sign in asks, too."""
    found: Person | None = getattr(request, "kyb_person", None)
    if found is None:
        user = request.user
        if not isinstance(user, User) or not user.is_staff:
            return Person(_NOBODY, {}, is_superuser=False)
        found = _person(request, user)
        request.kyb_person = found  # type: ignore[attr-defined] # kept for the request
    return found


def _person(request: HttpRequest, user: User) -> Person:
    actor = actor_for_user(
        user,
        request_id=str(getattr(request, "request_id", "")),
        ip_address=client_address(request),
    )
    if user.is_superuser:
        return Person(actor, {ALL: Role.MANAGER}, is_superuser=True)
    held = user.memberships.values_list("business_id", "role")
    roles = {business_id or ALL: Role(role) for business_id, role in held}
    return Person(actor, roles, is_superuser=False)
