"""Who acts, from where, and what they may do in which business: a plain value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from customers.clearance import Clearance
from customers.reach import AllBut, Businesses

ALL: Final = "*"

SCOPES: Final = (
    "exports:write",
    "exports:read",
    "templates:write",
    "schedules:write",
    "webhooks:write",
    "custom_query",
    "pii:read",
)


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody may do in one business."""

    scopes: frozenset[str]
    clearance: Clearance


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting user; ``grants`` is keyed by business id, or ``ALL`` for every one."""

    kind: str
    id: str
    label: str
    grants: Mapping[str, Grant] = field(default_factory=dict)
    request_id: str = ""
    ip_address: str = ""

    def grant(self, business_id: str) -> Grant | None:
        return self.grants.get(business_id) or self.grants.get(ALL)

    @property
    def business_ids(self) -> frozenset[str] | None:
        """The businesses that are theirs; None when all are."""
        return None if ALL in self.grants else frozenset(self.grants)

    def businesses_with(self, scope: str) -> Businesses:
        """Those of their businesses in which they have the scope."""
        granted = {key for key, grant in self.grants.items() if scope in grant.scopes}
        if ALL not in granted:
            return frozenset(granted)
        without = frozenset(self.grants.keys() - granted)
        return AllBut(without) if without else None


def system(label: str) -> Actor:
    """The service itself, on an operator's behalf: commands, the beat, the reaper."""
    everything = Grant(scopes=frozenset(SCOPES), clearance=Clearance.SENSITIVE)
    return Actor(kind="system", id="system", label=label, grants={ALL: everything})
