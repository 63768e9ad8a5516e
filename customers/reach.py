"""Of which businesses something is: some, every one, or every one but some."""

from dataclasses import dataclass
from typing import TypeAlias

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class AllBut:
    """Every business but these: a role for all yields to one of its own."""

    ids: frozenset[str]


Businesses: TypeAlias = frozenset[str] | AllBut | None
"""None: every one."""


def within(businesses: Businesses) -> Q:
    """The condition on rows that have a ``business_id``."""
    if businesses is None:
        return Q()
    if isinstance(businesses, AllBut):
        return ~Q(business_id__in=businesses.ids)
    return Q(business_id__in=businesses)
