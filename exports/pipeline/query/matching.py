"""Expressions made alike, so that they can be compared, or stand in one column."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from exports.pipeline.query import kinds, literals
from exports.pipeline.query.classes import Bound
from exports.pipeline.query.generate import Engine
from exports.pipeline.query.kinds import Family, Kind
from exports.pipeline.query.refusals import refuse


def coerce(bound: Bound, kind: Kind, engine: Engine) -> Bound:
    """Of a kind that ``common`` found; the very same when nothing is to be done."""
    if bound.kind.family is Family.NULL:
        return bound.made(engine.null(kind), kind)
    is_alike = bound.kind.family is kind.family and bound.kind.scale == kind.scale
    if is_alike or (bound.kind.is_text and kind.is_text):
        return replace(bound, kind=kind)
    return bound.made(engine.convert(bound.sql, bound.kind, kind), kind)


def fit(node: Any, parts: Sequence[Bound], engine: Engine) -> list[Bound]:
    """All of one kind.

    :raises QueryRefused: there is no such kind.
    """
    kind = kinds.NULL
    for part in parts:
        if part.text is None:
            kind = _common(node, kind, part.kind)
    read = [_as_value(node, part, kind, engine) for part in parts]
    for part in read:
        kind = _common(node, kind, part.kind)
    return [coerce(part, kind, engine) for part in read]


def _common(node: Any, one: Kind, other: Kind) -> Kind:
    found = kinds.common(one, other)
    if found is None:
        refuse(node, f"{one.family.value} and {other.family.value} do not go together")
    return found


def _as_value(node: Any, part: Bound, kind: Kind, engine: Engine) -> Bound:
    """A text that is written beside a time is one."""
    if part.text is None or not kind.is_time:
        return part
    is_day = kind.family is Family.DATE and len(part.text) == len("2024-01-31")
    wanted = kinds.DATE if is_day else kinds.DATETIME
    return literals.read(node, part.text, wanted, engine)


def of_family(node: Any, bound: Bound, *families: Family) -> Bound:
    if bound.kind.family not in {*families, Family.NULL}:
        wanted = " or ".join(family.value for family in families)
        refuse(node, f"{wanted} is wanted here, not {bound.kind.family.value}")
    return bound


def pair(node: Any, left: Bound, right: Bound, engine: Engine) -> list[Bound]:
    """Two that are compared."""
    made = fit(node, [left, right], engine)
    if made[0].kind.family is Family.JSON:
        refuse(node, "JSON is not compared: it can be selected and counted")
    return made
