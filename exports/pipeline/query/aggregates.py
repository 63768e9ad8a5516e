"""Aggregates, with FILTER and OVER; and the functions of windows."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlglot import exp

from exports.pipeline.query import kinds, literals, windows
from exports.pipeline.query.calls import Bind
from exports.pipeline.query.classes import Bound, counted, merged
from exports.pipeline.query.generate import SQL, call
from exports.pipeline.query.kinds import Family, Kind
from exports.pipeline.query.matching import coerce, fit
from exports.pipeline.query.refusals import refuse
from exports.pipeline.query.scopes import Scope, sortable

PLAIN: Final = {
    *(exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max),
    *(exp.LogicalAnd, exp.LogicalOr),
}
_SUM_DIGITS: Final = 12
"""How many more digits a sum may have than what it is of."""


@dataclass(slots=True)
class _Wrap:
    """What stands around each call: FILTER, then OVER."""

    condition: Bound | None = None
    over: windows.Over | None = None
    parts: list[Bound] = field(default_factory=list)

    def __call__(self, sql: SQL) -> SQL:
        if self.condition is not None:
            where = exp.Where(this=self.condition.sql.copy())
            sql = exp.Filter(this=sql, expression=where)
        return self.over.around(sql) if self.over is not None else sql


def _plain(node: Any, scope: Scope, bind: Bind) -> Bound:
    return _ended(node, _aggregate(node, scope, bind, _Wrap()))


def _filtered(node: exp.Filter, scope: Scope, bind: Bind) -> Bound:
    if type(node.this) not in PLAIN:
        refuse(node, "FILTER follows an aggregate")
    wrap = _Wrap(_condition(node, scope, bind))
    return _ended(node, _aggregate(node.this, scope, bind, wrap))


def _condition(node: exp.Filter, scope: Scope, bind: Bind) -> Bound:
    bound = _inner(node.expression.this, scope, bind)
    if bound.kind.family is not Family.BOOLEAN:
        refuse(node, "FILTER takes a truth value")
    return bound


def _ended(node: Any, made: Bound) -> Bound:
    """:raises QueryRefused: an aggregate of aggregates."""
    if made.aggregated or made.windowed:
        refuse(node, "an aggregate is not made of aggregates or windows")
    return replace(made, aggregated=True, loose=frozenset())


def _inner(node: Any, scope: Scope, bind: Bind, *, counting: bool = False) -> Bound:
    """An argument: with outer columns it would be the outer query's aggregate."""
    outer, scope.parent = scope.parent, None
    scope.counting = counting
    try:
        return bind(node, scope)
    finally:
        scope.parent, scope.counting = outer, False


def _aggregate(node: Any, scope: Scope, bind: Bind, wrap: _Wrap) -> Bound:
    parts = [*wrap.parts, *([wrap.condition] if wrap.condition else [])]
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
        return merged(wrap(exp.Count(this=exp.Star())), kinds.INTEGER, parts)
    inner, distinct = _argument(node, scope, bind)
    if distinct and wrap.over is not None:
        refuse(node, "DISTINCT is not taken with OVER")
    if isinstance(node, exp.Count):
        made = wrap(exp.Count(this=_distinct(inner.sql, distinct=distinct)))
        classed = replace(inner, clearance=counted(inner))
        return merged(made, kinds.INTEGER, [classed, *parts])
    sql, kind = _MAKERS[type(node)](node, inner, distinct, scope, wrap)
    return merged(sql, kind, [inner, *parts])


def _argument(node: Any, scope: Scope, bind: Bind) -> tuple[Bound, bool]:
    argument, distinct = node.this, False
    if isinstance(argument, exp.Distinct):
        if len(argument.expressions) != 1:
            refuse(node, "DISTINCT takes one value here")
        argument, distinct = argument.expressions[0], True
    counting = isinstance(node, exp.Count) and isinstance(argument, exp.Column)
    inner = _inner(argument, scope, bind, counting=counting)
    if distinct and not sortable(inner.kind):
        refuse(node, "JSON is not compared")
    return inner, distinct


def _distinct(sql: SQL, *, distinct: bool) -> SQL:
    return exp.Distinct(expressions=[sql.copy()]) if distinct else sql.copy()


Made = tuple[SQL, Kind]


def _sum(node: Any, inner: Bound, distinct: bool, scope: Scope, wrap: _Wrap) -> Made:  # noqa: FBT001 -- one of the makers
    if not inner.kind.is_number:
        refuse(node, f"a number is wanted here, not {inner.kind.family.value}")
    argument = _distinct(inner.sql, distinct=distinct)
    sql = scope.engine.total(argument, inner.kind)
    return scope.engine.finished_total(wrap(sql), inner.kind), _longer(node, inner.kind)


def _longer(node: Any, kind: Kind) -> Kind:
    if kind.family is Family.INTEGER:
        return kind
    digits = kind.digits + _SUM_DIGITS
    if digits > kinds.MAX_DIGITS:
        refuse(node, "the result may have too many digits: round or cast its parts")
    return kinds.decimal(kind.scale, digits)


def _avg(node: Any, inner: Bound, distinct: bool, scope: Scope, wrap: _Wrap) -> Made:  # noqa: FBT001 -- one of the makers
    if not inner.kind.is_number:
        refuse(node, f"a number is wanted here, not {inner.kind.family.value}")
    exact = kinds.decimal(inner.kind.scale, inner.kind.digits)
    inner = coerce(inner, exact, scope.engine)
    total = scope.engine.total(_distinct(inner.sql, distinct=distinct), exact)
    count = exp.Count(this=_distinct(inner.sql, distinct=distinct))
    sql = scope.engine.divide(wrap(total), wrap(count))
    return sql, kinds.decimal(6, _longer(node, exact).digits)


def _least(node: Any, inner: Bound, distinct: bool, scope: Scope, wrap: _Wrap) -> Made:  # noqa: FBT001 -- one of the makers
    del distinct  # nothing changes with it
    if inner.kind.family in {Family.JSON, Family.BOOLEAN, Family.NULL}:
        refuse(node, f"{inner.kind.family.value} has no smallest and no largest")
    name = "min" if isinstance(node, exp.Min) else "max"
    return wrap(scope.engine.extreme(name, inner.sql, inner.kind)), inner.kind


def _every(node: Any, inner: Bound, distinct: bool, scope: Scope, wrap: _Wrap) -> Made:  # noqa: FBT001 -- one of the makers
    del distinct  # nothing changes with it
    if inner.kind.family is not Family.BOOLEAN:
        refuse(node, "a truth value is wanted here")
    some = isinstance(node, exp.LogicalOr)
    return wrap(scope.engine.every(inner.sql, some=some)), kinds.BOOLEAN


_MAKERS: Final[dict[type[exp.Expr], Callable[..., Made]]] = {
    exp.Sum: _sum,
    exp.Avg: _avg,
    exp.Min: _least,
    exp.Max: _least,
    exp.LogicalAnd: _every,
    exp.LogicalOr: _every,
}


def _window(node: exp.Window, scope: Scope, bind: Bind) -> Bound:
    function, condition = node.this, None
    if isinstance(function, exp.Filter):
        condition = _condition(function, scope, bind)
        function = function.this
        if type(function) not in PLAIN:
            refuse(node, "FILTER follows an aggregate")
    over = windows.over(node, function, scope, bind)
    wrap = _Wrap(condition, over, over.parts)
    if type(function) in PLAIN:
        made = _aggregate(function, scope, bind, wrap)
    elif type(function) in _RANKS:
        made = merged(wrap(call(_RANKS[type(function)])), kinds.INTEGER, over.parts)
    elif type(function) in _VALUES:
        made = _value(function, scope, bind, wrap)
    else:
        refuse(node, "this is no function of windows")
    if made.windowed:
        refuse(node, "a window is not made of windows")
    return replace(made, windowed=True)


_RANKS: Final = {
    exp.RowNumber: "row_number",
    exp.Rank: "rank",
    exp.DenseRank: "dense_rank",
}
_VALUES: Final = {
    exp.Ntile: "ntile",
    exp.Lag: "lag",
    exp.Lead: "lead",
    exp.FirstValue: "first_value",
    exp.LastValue: "last_value",
}


def _value(node: Any, scope: Scope, bind: Bind, wrap: _Wrap) -> Bound:
    name = _VALUES[type(node)]
    if isinstance(node, exp.Ntile):
        parts = literals.whole(node.this, 1, 10_000, "into how many parts")
        sql = wrap(call(name, exp.Literal.number(parts)))
        return merged(sql, kinds.INTEGER, wrap.parts)
    values = [bind(node.this, scope)]
    if values[0].kind.family is Family.NULL:
        refuse(node, "NULL has no type here: cast it")
    if node.args.get("default") is not None:
        values.append(bind(node.args["default"], scope))
    values = fit(node, values, scope.engine)
    arguments = [values[0].sql]
    if isinstance(node, exp.Lag | exp.Lead):
        offset = node.args.get("offset") or exp.Literal.number(1)
        steps = literals.whole(offset, 0, 10_000, "how many rows away")
        arguments.append(exp.Literal.number(steps))
        arguments += [each.sql for each in values[1:]]
    sql = wrap(call(name, *arguments))
    return merged(sql, values[0].kind, [*values, *wrap.parts])


BINDERS: Final[dict[type[exp.Expr], Callable[[Any, Scope, Bind], Bound]]] = {
    **dict.fromkeys(PLAIN, _plain),
    exp.Filter: _filtered,
    exp.Window: _window,
}
