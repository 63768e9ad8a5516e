"""Expressions, one kind of node after another: bound, typed, classed, written anew."""

from collections.abc import Callable
from typing import Any, Final

from sqlglot import exp

from exports.pipeline.query import aggregates, calls, kinds, literals, reckoning
from exports.pipeline.query.classes import Bound, merged, visible
from exports.pipeline.query.generate import SQL, binary, paren
from exports.pipeline.query.kinds import BOOLEAN, Family
from exports.pipeline.query.matching import coerce, fit, of_family, pair
from exports.pipeline.query.refusals import refuse
from exports.pipeline.query.scopes import Scope, sortable

_COMPARISONS: Final = {
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE),
    *(exp.NullSafeEQ, exp.NullSafeNEQ),
}
MAX_LIST: Final = 1000


def bind(node: Any, scope: Scope) -> Bound:
    """:raises QueryRefused: it has no meaning in the dialect.

    :raises Forbidden: a query within it uses what may not be seen.
    """
    kind = type(node)
    if kind in _COMPARISONS:
        made = _comparison(node, scope)
    elif kind in _BINDERS:
        made = _BINDERS[kind](node, scope)
    elif kind in _OF_MODULES:
        made = _OF_MODULES[kind](node, scope, bind)
    else:
        refuse(node, f"{node.key.upper()} has no meaning here")
    return scope.grouped(made)


def condition(node: Any, scope: Scope, place: str) -> Bound:
    """A truth value that rows are chosen by.

    :raises Forbidden: it is made of a column that may not be seen.
    """
    bound = bind(node, scope)
    if bound.kind.family not in {Family.BOOLEAN, Family.NULL}:
        refuse(node, f"{place} takes a truth value")
    bound = coerce(bound, BOOLEAN, scope.engine)
    return visible(bound, scope.context.clearance, place)


def _column(node: exp.Column, scope: Scope) -> Bound:
    if isinstance(node.this, exp.Star):
        refuse(node, "* stands only in a SELECT's list and in COUNT(*)")
    return scope.column(node)


def _literal(node: exp.Literal, scope: Scope) -> Bound:
    text = node.name
    if node.is_string:
        return Bound(scope.engine.text(text), kinds.TEXT, text=text)
    return literals.number(node, text, scope.engine)


def _null(_: exp.Null, scope: Scope) -> Bound:
    return Bound(scope.engine.null(kinds.NULL), kinds.NULL)


def _boolean(node: exp.Boolean, scope: Scope) -> Bound:
    return Bound(scope.engine.boolean(value=bool(node.this)), BOOLEAN)


def _paren(node: exp.Paren, scope: Scope) -> Bound:
    return bind(node.this, scope)


def _logic(node: exp.And | exp.Or, scope: Scope) -> Bound:
    parts = [_truth(each, scope) for each in (node.this, node.expression)]
    return merged(binary(type(node), parts[0].sql, parts[1].sql), BOOLEAN, parts)


def _truth(node: Any, scope: Scope) -> Bound:
    bound = bind(node, scope)
    if bound.kind.family not in {Family.BOOLEAN, Family.NULL}:
        refuse(node, "AND, OR and NOT take truth values")
    return coerce(bound, BOOLEAN, scope.engine)


def _not(node: exp.Not, scope: Scope) -> Bound:
    inner = _truth(node.this, scope)
    return inner.made(paren(exp.Not(this=paren(inner.sql))), BOOLEAN)


def _comparison(node: exp.Binary, scope: Scope) -> Bound:
    parts = pair(
        node, bind(node.this, scope), bind(node.expression, scope), scope.engine
    )
    left, right = parts
    sql = scope.engine.compare(type(node), left.sql, right.sql, left.kind)
    return merged(sql, BOOLEAN, parts)


def _is(node: exp.Is, scope: Scope) -> Bound:
    inner, what = bind(node.this, scope), node.expression
    if not isinstance(what, exp.Null | exp.Boolean):
        refuse(node, "IS takes NULL, TRUE, FALSE or DISTINCT FROM")
    value: SQL = exp.Null()
    if isinstance(what, exp.Boolean):
        inner = coerce(of_family(node, inner, Family.BOOLEAN), BOOLEAN, scope.engine)
        value = scope.engine.boolean(value=bool(what.this))
    made = binary(exp.Is, inner.sql, value)
    if node.args.get("negate"):
        made = paren(exp.Not(this=made))
    return inner.made(made, BOOLEAN)


def _in(node: exp.In, scope: Scope) -> Bound:
    left = bind(node.this, scope)
    query = node.args.get("query")
    if query is not None:
        return _in_query(node, left, query, scope)
    if not 1 <= len(node.expressions) <= MAX_LIST:
        refuse(node, f"IN takes 1 to {MAX_LIST} values")
    parts = [left, *(bind(each, scope) for each in node.expressions)]
    parts = fit(node, parts, scope.engine)
    if not sortable(parts[0].kind):
        refuse(node, "JSON is not compared")
    values = [each.sql for each in parts[1:]]
    return merged(paren(exp.In(this=parts[0].sql, expressions=values)), BOOLEAN, parts)


def _in_query(node: exp.In, left: Bound, query: Any, scope: Scope) -> Bound:
    inner = _value_of(node, query, scope)
    first, second = pair(node, left, inner, scope.engine)
    if second.sql is not inner.sql:
        # Whatever it takes to make both alike would have to happen within the query.
        refuse(node, "both sides of IN must be of one type: cast the query's column")
    made = exp.In(this=first.sql, query=inner.sql)
    return merged(paren(made), BOOLEAN, [left, inner])


def _value_of(node: Any, query: Any, scope: Scope) -> Bound:
    """The one column of a query within an expression."""
    while isinstance(query, exp.Subquery) and not query.args.get("alias"):
        query = query.this
    shape = scope.context.bind(query, scope.context, scope.ctes, scope)
    if len(shape.fields) != 1:
        refuse(node, "a query within an expression has one column")
    (found,) = shape.fields
    inner = exp.Subquery(this=shape.sql)
    return Bound(
        inner,
        found.kind,
        clearance=found.clearance,
        loose=shape.loose,
        names=found.names,
    )


def _scalar(node: exp.Subquery, scope: Scope) -> Bound:
    if node.args.get("alias"):
        refuse(node, "a query within an expression has no name")
    inner = node.this
    while isinstance(inner, exp.Subquery):
        inner = inner.this
    if not _is_one_row(inner):
        refuse(node, "a query for a value is an aggregate without GROUP BY, or LIMIT 1")
    return _value_of(node, node, scope)


def _is_one_row(query: Any) -> bool:
    """Never more: PostgreSQL would fail then, and SQLite take the first."""
    limit = query.args.get("limit")
    if limit is not None and limit.expression.name == "1":
        return True
    is_plain = isinstance(query, exp.Select) and not query.args.get("group")
    return is_plain and all(
        any(
            type(part) in aggregates.PLAIN and not part.find_ancestor(exp.Window)
            for part in each.walk(prune=lambda part: isinstance(part, exp.Query))
        )
        for each in query.expressions
    )


def _exists(node: exp.Exists, scope: Scope) -> Bound:
    query = node.this
    while isinstance(query, exp.Subquery):
        query = query.this
    shape = scope.context.bind(query, scope.context, scope.ctes, scope)
    return Bound(exp.Exists(this=shape.sql), BOOLEAN, loose=shape.loose)


def _between(node: exp.Between, scope: Scope) -> Bound:
    nodes = (node.this, node.args["low"], node.args["high"])
    parts = fit(node, [bind(each, scope) for each in nodes], scope.engine)
    if not sortable(parts[0].kind):
        refuse(node, "JSON is not compared")
    sql, low, high = (each.sql for each in parts)
    made = scope.engine.between(sql, low, high, parts[0].kind)
    return merged(made, BOOLEAN, parts)


def _like(node: exp.Like | exp.ILike, scope: Scope, escape: str = "") -> Bound:
    text = of_family(node, bind(node.this, scope), Family.TEXT, Family.UUID)
    pattern = bind(node.expression, scope).text
    if pattern is None or len(pattern) > 200:
        refuse(node, "LIKE takes a pattern of at most 200 characters, written down")
    if not _closes(pattern, escape):
        refuse(node, "ESCAPE is followed by %, _ or itself")
    sql: SQL = text.sql
    if isinstance(node, exp.ILike):
        sql = scope.engine.cased("lower", sql)
        # As the engines do it: letters beyond ASCII stay as they are.
        pattern = "".join(each.lower() if each.isascii() else each for each in pattern)
    made = scope.engine.like(sql, pattern, escape)
    if node.args.get("negate"):
        made = paren(exp.Not(this=made))
    return text.made(made, BOOLEAN)


def _closes(pattern: str, escape: str) -> bool:
    rest = iter(pattern)
    return not escape or all(
        each != escape or next(rest, "") in {"%", "_", escape} for each in rest
    )


def _escape(node: exp.Escape, scope: Scope) -> Bound:
    escape = node.expression
    if not isinstance(node.this, exp.Like) or not isinstance(escape, exp.Literal):
        refuse(node, "ESCAPE takes one character, after LIKE")
    if len(escape.name) != 1 or not escape.name.isascii() or escape.name in "%_":
        refuse(node, "ESCAPE takes one character, neither % nor _")
    return _like(node.this, scope, escape.name)


def _case(node: exp.Case, scope: Scope) -> Bound:
    ifs = node.args["ifs"]
    subject, tests = _tests(node, ifs, scope)
    default = node.args.get("default") or exp.Null()
    values = [bind(each.args["true"], scope) for each in ifs]
    fitted = fit(node, [*values, bind(default, scope)], scope.engine)
    made = exp.Case(
        this=subject.sql if subject else None,
        ifs=[
            exp.If(this=test.sql, true=value.sql)
            for test, value in zip(tests, fitted, strict=False)
        ],
        default=fitted[-1].sql,
    )
    parts = [*tests, *fitted, *([subject] if subject else [])]
    return merged(paren(made), fitted[0].kind, parts)


def _tests(
    node: exp.Case, ifs: list[Any], scope: Scope
) -> tuple[Bound | None, list[Bound]]:
    """What is compared with each, when there is such a thing; and those."""
    subject = node.args.get("this")
    if subject is None:
        return None, [_truth(each.this, scope) for each in ifs]
    parts = [bind(each, scope) for each in (subject, *(each.this for each in ifs))]
    first, *rest = fit(node, parts, scope.engine)
    if not sortable(first.kind):
        refuse(node, "JSON is not compared")
    return first, rest


_BINDERS: Final[dict[type[exp.Expr], Callable[[Any, Scope], Bound]]] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Null: _null,
    exp.Boolean: _boolean,
    exp.Paren: _paren,
    exp.And: _logic,
    exp.Or: _logic,
    exp.Not: _not,
    exp.Is: _is,
    exp.In: _in,
    exp.Subquery: _scalar,
    exp.Exists: _exists,
    exp.Between: _between,
    exp.Like: _like,
    exp.ILike: _like,
    exp.Escape: _escape,
    exp.Case: _case,
}
_OF_MODULES: Final = calls.CALLS | aggregates.BINDERS | reckoning.BINDERS
