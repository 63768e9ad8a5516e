"""Bound expressions: what they are, how delicate, and what they are made of.

A function of a personal column is personal, unless it counts. An expression above the
clearance is never used to find, order, group or join rows: that would tell what it
holds; and where it is only selected, no SQL is written for it at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlglot import exp

from customers.clearance import Clearance
from exports.pipeline.query.kinds import Kind
from exports.pipeline.query.refusals import deny

Ref = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Bound:
    """An expression of the new tree.

    :ivar loose: columns of which scopes it needs as they are, outside aggregates.

    :ivar bare: it is a column and nothing else, so that its values can be counted.

    :ivar text: of a literal, as it was written.
    """

    sql: exp.Expr
    kind: Kind
    clearance: Clearance = Clearance.PUBLIC
    loose: frozenset[Ref] = frozenset()
    aggregated: bool = False
    windowed: bool = False
    bare: bool = False
    text: str | None = None
    names: frozenset[str] = frozenset()
    """Of the columns it is made of, for whoever is refused."""

    def made(self, sql: exp.Expr, kind: Kind) -> "Bound":
        """Another expression of this one alone."""
        return replace(self, sql=sql, kind=kind, bare=False, text=None)


def merged(sql: exp.Expr, kind: Kind, parts: Iterable[Bound]) -> Bound:
    """An expression of several, as delicate as the most delicate of them."""
    parts = list(parts)
    return Bound(
        sql,
        kind,
        clearance=max((each.clearance for each in parts), default=Clearance.PUBLIC),
        loose=frozenset().union(*(each.loose for each in parts)),
        aggregated=any(each.aggregated for each in parts),
        windowed=any(each.windowed for each in parts),
        names=frozenset().union(*(each.names for each in parts)),
    )


def visible(bound: Bound, clearance: Clearance, place: str) -> Bound:
    """:raises Forbidden: what it holds would show in which rows come, or how."""
    if bound.clearance > clearance:
        deny(", ".join(sorted(bound.names)), place)
    return bound


def counted(argument: Bound) -> Clearance:
    """The class of a count: of a column it is public, of more it is the more's."""
    return Clearance.PUBLIC if argument.bare else argument.clearance
