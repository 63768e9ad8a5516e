"""Numbers, times and texts reckoned with; and casts from one type to another."""

from collections.abc import Callable
from typing import Any, Final

from sqlglot import exp

from exports.pipeline.query import kinds, literals
from exports.pipeline.query.calls import Bind
from exports.pipeline.query.check import TYPES
from exports.pipeline.query.classes import Bound, merged
from exports.pipeline.query.generate import binary
from exports.pipeline.query.kinds import Family, Kind
from exports.pipeline.query.matching import coerce, fit, of_family
from exports.pipeline.query.refusals import refusal, refuse
from exports.pipeline.query.scopes import Scope

_ARITHMETIC: Final = {exp.Add: "add", exp.Sub: "subtract", exp.Mul: "multiply"}


def _neg(node: exp.Neg, scope: Scope, bind: Bind) -> Bound:
    inner = _number(node, bind(node.this, scope))
    return inner.made(scope.engine.negative(inner.sql), inner.kind)


def _number(node: Any, bound: Bound) -> Bound:
    if not bound.kind.is_number:
        refuse(node, f"a number is wanted here, not {bound.kind.family.value}")
    return bound


def _arithmetic(node: exp.Binary, scope: Scope, bind: Bind) -> Bound:
    if isinstance(node.expression, exp.Interval):
        return _shifted(node, scope, bind)
    left, right = bind(node.this, scope), bind(node.expression, scope)
    if isinstance(node, exp.Sub) and left.kind == right.kind == kinds.DATE:
        sql = scope.engine.days(left.sql, right.sql)
        return merged(sql, kinds.INTEGER, [left, right])
    kind = _result(node, _number(node, left).kind, _number(node, right).kind)
    operator = _ARITHMETIC[type(node)]
    if kind.family is Family.DECIMAL and not isinstance(node, exp.Mul):
        parts = fit(node, [left, right], scope.engine)
    else:
        parts = [left, right]
    sql = scope.engine.arithmetic(operator, parts[0].sql, parts[1].sql, kind)
    return merged(sql, kind, [left, right])


def _result(node: Any, left: Kind, right: Kind) -> Kind:
    if left.family is right.family is Family.INTEGER:
        return kinds.INTEGER
    if isinstance(node, exp.Mul):
        return checked(node, left.scale + right.scale, left.digits + right.digits)
    digits = max(left.digits, right.digits) + 1
    return checked(node, max(left.scale, right.scale), digits)


def checked(node: Any, scale: int, digits: int) -> Kind:
    if scale > kinds.MAX_SCALE or digits > kinds.MAX_DIGITS:
        refuse(node, "the result may have too many digits: round or cast its parts")
    return kinds.decimal(scale, digits)


def _shifted(node: exp.Binary, scope: Scope, bind: Bind) -> Bound:
    inner, span = bind(node.this, scope), node.expression
    if not inner.kind.is_time:
        refuse(node, "INTERVAL is added to a date or a time")
    value, unit = span.this, str(span.args.get("unit") or "").lower().rstrip("s")
    if unit not in _SPANS or not isinstance(value, exp.Literal):
        refuse(node, f"INTERVAL is a number of {', '.join(_SPANS)}")
    if inner.kind == kinds.DATE and unit in {"hour", "minute", "second"}:
        refuse(node, "a date is moved by days, weeks, months or years")
    count = literals.whole(
        exp.Literal.number(value.name), 0, _SPANS[unit], f"INTERVAL of {unit}s"
    )
    count = -count if isinstance(node, exp.Sub) else count
    sql = scope.engine.shifted(inner.sql, inner.kind, count, unit)
    return inner.made(sql, inner.kind)


_SPANS: Final = {
    "year": 100,
    "month": 1200,
    "week": 5200,
    "day": 36_500,
    "hour": 876_000,
    "minute": 1_000_000,
    "second": 100_000_000,
}


def _divide(node: exp.Div, scope: Scope, bind: Bind) -> Bound:
    left = _number(node, bind(node.this, scope))
    right = _number(node, bind(node.expression, scope))
    kind = checked(node, 6, left.kind.digits + right.kind.scale + 1)
    return merged(scope.engine.divide(left.sql, right.sql), kind, [left, right])


def _modulo(node: exp.Mod, scope: Scope, bind: Bind) -> Bound:
    parts = [bind(each, scope) for each in (node.this, node.expression)]
    for each in parts:
        of_family(node, each, Family.INTEGER)
    sql = scope.engine.modulo(parts[0].sql, parts[1].sql)
    return merged(sql, kinds.INTEGER, parts)


def _joined(node: exp.DPipe, scope: Scope, bind: Bind) -> Bound:
    parts = [bind(each, scope) for each in (node.this, node.expression)]
    for each in parts:
        of_family(node, each, Family.TEXT, Family.UUID)
    width = sum(each.kind.width for each in parts)
    if width > kinds.MAX_WIDTH:
        refuse(node, f"a text is joined of at most {kinds.MAX_WIDTH} parts")
    sql = binary(exp.DPipe, parts[0].sql, parts[1].sql)
    return merged(sql, Kind(Family.TEXT, width=width), parts)


def _cast(node: exp.Cast, scope: Scope, bind: Bind) -> Bound:
    wanted = _type(node)
    inner = bind(node.this, scope)
    if inner.text is not None:
        return literals.read(node, inner.text, wanted, scope.engine)
    source = inner.kind
    if source.family is Family.NULL:
        return coerce(inner, wanted, scope.engine)
    if wanted.family is Family.TEXT and source.family is not Family.JSON:
        return inner.made(scope.engine.as_text(inner.sql, source), kinds.TEXT)
    if wanted.family is Family.INTEGER and source.family is Family.DECIMAL:
        return inner.made(scope.engine.to_integer(inner.sql), wanted)
    if wanted.family is Family.DECIMAL and source.family is Family.DECIMAL:
        sql = scope.engine.rounded(inner.sql, "round", wanted.scale)
        digits = max(source.digits + 1, 1)
        return inner.made(sql, checked(node, wanted.scale, digits))
    is_known = source.is_number and wanted.family is Family.DECIMAL
    if is_known or (source.is_time and wanted.is_time) or source == wanted:
        kind = wanted if not is_known else kinds.decimal(wanted.scale, source.digits)
        return inner.made(scope.engine.convert(inner.sql, source, kind), kind)
    raise refusal(node, f"{source.family.value} is not cast to {wanted.family.value}")


def _type(node: exp.Cast) -> Kind:
    to = node.args["to"]
    family = TYPES.get(getattr(to.this, "value", str(to.this)))
    if family is None:
        refuse(node, f"types are {', '.join(dict.fromkeys(TYPES.values()))}")
    if family != "decimal":
        return Kind(Family(family))
    if len(to.expressions) != 2:
        refuse(node, "a decimal has digits and scale: decimal(14, 2)")
    digits, scale = (
        literals.whole(each.this, 0, kinds.MAX_DIGITS, "each of them")
        for each in to.expressions
    )
    if scale > min(digits, kinds.MAX_SCALE):
        refuse(node, f"a decimal has at most {kinds.MAX_SCALE} digits after its point")
    return kinds.decimal(scale, digits - scale)


BINDERS: Final[dict[type[exp.Expr], Callable[[Any, Scope, Bind], Bound]]] = {
    **dict.fromkeys(_ARITHMETIC, _arithmetic),
    exp.Neg: _neg,
    exp.Div: _divide,
    exp.Mod: _modulo,
    exp.DPipe: _joined,
    exp.Cast: _cast,
}
