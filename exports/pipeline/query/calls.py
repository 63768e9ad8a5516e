"""The functions of the dialect that look at one row."""

from collections.abc import Callable
from typing import Any, Final, Protocol

from sqlglot import exp

from exports.pipeline.query import kinds, literals
from exports.pipeline.query.classes import Bound, merged
from exports.pipeline.query.generate import call
from exports.pipeline.query.kinds import Family, Kind
from exports.pipeline.query.matching import fit, pair
from exports.pipeline.query.refusals import refuse
from exports.pipeline.query.scopes import Scope

PARTS: Final = (
    *("year", "quarter", "month", "week", "day", "dow", "isodow", "doy"),
    *("hour", "minute", "second", "epoch"),
)
TRUNCATED_TO: Final = (
    *("year", "quarter", "month", "week", "day", "hour", "minute", "second"),
)
_OF_DAYS: Final = ("hour", "minute", "second")
MAX_LENGTH: Final = 10_000


class Bind(Protocol):
    def __call__(self, node: Any, scope: Scope) -> Bound: ...


def _text(node: Any, scope: Scope, bind: Bind, name: str = "this") -> Bound:
    bound = bind(node.args[name], scope)
    if not bound.kind.is_text and bound.kind.family is not Family.NULL:
        refuse(node, f"a text is wanted here, not {bound.kind.family.value}")
    return bound


def _made(bound: Bound, sql: exp.Expr, *, width: int = 0) -> Bound:
    return bound.made(sql, Kind(Family.TEXT, width=width or bound.kind.width))


def _cased(node: Any, scope: Scope, bind: Bind) -> Bound:
    text = _text(node, scope, bind)
    name = "lower" if isinstance(node, exp.Lower) else "upper"
    return _made(text, scope.engine.cased(name, text.sql))


def _trim(node: exp.Trim, scope: Scope, bind: Bind) -> Bound:
    text = _text(node, scope, bind)
    return _made(text, scope.engine.trimmed(text.sql))


def _length(node: exp.Length, scope: Scope, bind: Bind) -> Bound:
    text = _text(node, scope, bind)
    return text.made(scope.engine.length(text.sql), kinds.INTEGER)


def _substring(node: exp.Substring, scope: Scope, bind: Bind) -> Bound:
    text = _text(node, scope, bind)
    start = literals.whole(node.args.get("start"), 1, MAX_LENGTH, "where it starts")
    length = node.args.get("length")
    if length is not None:
        length = literals.whole(length, 0, MAX_LENGTH, "its length")
    return _made(text, scope.engine.substring(text.sql, start, length))


def _left(node: exp.Left, scope: Scope, bind: Bind) -> Bound:
    text = _text(node, scope, bind)
    length = literals.whole(node.expression, 0, MAX_LENGTH, "its length")
    return _made(text, scope.engine.substring(text.sql, 1, length))


def _replace(node: exp.Replace, scope: Scope, bind: Bind) -> Bound:
    text = _text(node, scope, bind)
    old = _text(node, scope, bind, "expression")
    new = _text(node, scope, bind, "replacement")
    if not old.text or new.text is None or len(new.text) > len(old.text):
        refuse(node, "REPLACE takes two texts, written down, the second not the longer")
    return _made(text, scope.engine.replaced(text.sql, old.sql, new.sql))


def _position(node: exp.StrPosition, scope: Scope, bind: Bind) -> Bound:
    parts = [_text(node, scope, bind), _text(node, scope, bind, "substr")]
    sql = scope.engine.position(parts[0].sql, parts[1].sql)
    return merged(sql, kinds.INTEGER, parts)


def _starts(node: exp.StartsWith, scope: Scope, bind: Bind) -> Bound:
    parts = [_text(node, scope, bind), _text(node, scope, bind, "expression")]
    sql = scope.engine.starts_with(parts[0].sql, parts[1].sql)
    return merged(sql, kinds.BOOLEAN, parts)


def _coalesce(node: exp.Coalesce, scope: Scope, bind: Bind) -> Bound:
    if not node.expressions:
        refuse(node, "COALESCE takes two values or more")
    parts = [bind(each, scope) for each in (node.this, *node.expressions)]
    fitted = fit(node, parts, scope.engine)
    sql = call("coalesce", *(each.sql for each in fitted))
    return merged(sql, fitted[0].kind, fitted)


def _nullif(node: exp.Nullif, scope: Scope, bind: Bind) -> Bound:
    parts = [bind(each, scope) for each in (node.this, node.expression)]
    parts = pair(node, parts[0], parts[1], scope.engine)
    sql = call("nullif", *(each.sql for each in parts))
    return merged(sql, parts[0].kind, parts)


def _number(node: Any, scope: Scope, bind: Bind) -> Bound:
    bound = bind(node.this, scope)
    if not bound.kind.is_number:
        refuse(node, f"a number is wanted here, not {bound.kind.family.value}")
    return bound


def _absolute(node: exp.Abs, scope: Scope, bind: Bind) -> Bound:
    number = _number(node, scope, bind)
    return number.made(scope.engine.absolute(number.sql), number.kind)


def _round(node: exp.Round, scope: Scope, bind: Bind) -> Bound:
    scale = node.args.get("decimals")
    if scale is not None:
        scale = literals.whole(scale, 0, kinds.MAX_SCALE, "to how many digits")
    return _rounded(_number(node, scope, bind), "round", scale or 0, scope)


def _whole(node: Any, scope: Scope, bind: Bind) -> Bound:
    how = "ceil" if isinstance(node, exp.Ceil) else "floor"
    return _rounded(_number(node, scope, bind), how, 0, scope)


def _rounded(number: Bound, how: str, scale: int, scope: Scope) -> Bound:
    if number.kind.family is Family.INTEGER:
        return number.made(number.sql, number.kind)
    sql = scope.engine.rounded(number.sql, how, scale)
    kind = kinds.decimal(scale, min(number.kind.digits + 1, kinds.MAX_DIGITS))
    return number.made(sql, kind)


def _time(node: Any, bound: Bound) -> Bound:
    if not bound.kind.is_time:
        refuse(node, f"a date or a time is wanted here, not {bound.kind.family.value}")
    return bound


def _extract(node: exp.Extract, scope: Scope, bind: Bind) -> Bound:
    unit = _unit(node, node.this, PARTS)
    moment = _time(node, bind(node.expression, scope))
    if moment.kind == kinds.DATE and unit in _OF_DAYS:
        refuse(node, f"a date has no {unit}")
    if unit == "epoch":
        kind = kinds.decimal(6, 12)
        return moment.made(scope.engine.epoch(moment.sql), kind)
    return moment.made(scope.engine.part(unit, moment.sql), kinds.INTEGER)


def _truncated(node: exp.TimestampTrunc, scope: Scope, bind: Bind) -> Bound:
    unit = _unit(node, node.args.get("unit"), TRUNCATED_TO)
    moment = _time(node, bind(node.this, scope))
    if moment.kind == kinds.DATE and unit in _OF_DAYS:
        refuse(node, f"a date has no {unit}")
    sql = scope.engine.truncated(unit, moment.sql, moment.kind)
    return moment.made(sql, moment.kind)


def _unit(node: Any, unit: Any, known: tuple[str, ...]) -> str:
    name = str(unit.name if isinstance(unit, exp.Expr) else "").lower()
    if name not in known:
        refuse(node, f"the unit is one of {', '.join(known)}")
    return name


CALLS: Final[dict[type[exp.Expr], Callable[[Any, Scope, Bind], Bound]]] = {
    exp.Lower: _cased,
    exp.Upper: _cased,
    exp.Trim: _trim,
    exp.Length: _length,
    exp.Substring: _substring,
    exp.Left: _left,
    exp.Replace: _replace,
    exp.StrPosition: _position,
    exp.StartsWith: _starts,
    exp.Coalesce: _coalesce,
    exp.Nullif: _nullif,
    exp.Abs: _absolute,
    exp.Round: _round,
    exp.Ceil: _whole,
    exp.Floor: _whole,
    exp.Extract: _extract,
    exp.TimestampTrunc: _truncated,
}
