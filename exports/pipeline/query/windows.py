"""What stands in OVER: partitions, an order without ties where ties would show, frames.

Which of two equal rows comes first is not said by the query; so that both engines say
the same, the rows' keys break the tie.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlglot import exp

from exports.pipeline.query import literals
from exports.pipeline.query.calls import Bind
from exports.pipeline.query.classes import Bound
from exports.pipeline.query.generate import SQL
from exports.pipeline.query.refusals import refuse
from exports.pipeline.query.scopes import Scope, name_of, sortable

_TIES_SHOW: Final = (
    *(exp.RowNumber, exp.Ntile, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue),
)
MAX_ROWS: Final = 1_000_000


@dataclass(slots=True)
class Over:
    partition: list[Bound]
    order: list[tuple[Bound, SQL]]
    ties: list[SQL]
    frame: exp.WindowSpec | None

    @property
    def parts(self) -> list[Bound]:
        return [*self.partition, *(bound for bound, _ in self.order)]

    def around(self, sql: SQL) -> SQL:
        ordered = [each.copy() for _, each in self.order]
        ordered += [each.copy() for each in self.ties]
        return exp.Window(
            this=sql,
            partition_by=[each.sql.copy() for each in self.partition],
            order=exp.Order(expressions=ordered) if ordered else None,
            spec=self.frame.copy() if self.frame else None,
            over="OVER",
        )


def over(node: exp.Window, function: Any, scope: Scope, bind: Bind) -> Over:
    """:raises QueryRefused: there is no such window, or it cannot be alike on both."""
    spec = _resolved(node, scope)
    partition = [bind(each, scope) for each in spec.args.get("partition_by") or ()]
    order = spec.args.get("order")
    keys = [key(each, scope, bind) for each in (order.expressions if order else ())]
    for bound in [*partition, *(bound for bound, _ in keys)]:
        if not sortable(bound.kind):
            refuse(node, "JSON is not compared")
        if bound.windowed:
            refuse(node, "a window is not made of windows")
    frame = _frame(spec)
    shows = isinstance(function, _TIES_SHOW) or (frame and frame.args["kind"] == "ROWS")
    return Over(partition, keys, ties(scope) if shows else [], frame)


def _resolved(node: exp.Window, scope: Scope) -> exp.Window:
    name = node.args.get("alias")
    if name is None:
        return node
    if any(node.args.get(part) for part in ("partition_by", "order", "spec")):
        refuse(node, "a named window is taken as it is")
    found = scope.windows.get(name_of(name))
    if found is None:
        refuse(node, f"there is no window '{name_of(name)[:60]}'")
    return found


def key(node: Any, scope: Scope, bind: Bind) -> tuple[Bound, SQL]:
    """What ORDER BY sorts by, with its direction."""
    bound = bind(node.this, scope)
    return bound, ordered(
        scope.engine.order(bound.sql, bound.kind),
        desc=bool(node.args.get("desc")),
        nulls_first=bool(node.args.get("nulls_first")),
    )


def ordered(sql: SQL, *, desc: bool = False, nulls_first: bool = False) -> SQL:
    return exp.Ordered(this=sql, desc=desc, nulls_first=nulls_first)


def ties(scope: Scope) -> list[SQL]:
    """The keys of all rows here, or what they are grouped by."""
    grouped = scope.group
    found = row_keys(scope) if grouped is None else _telling(grouped.values(), scope)
    return [ordered(scope.engine.order(each.sql, each.kind)) for each in found]


def row_keys(scope: Scope) -> list[Bound]:
    """What tells rows of all relations here apart."""
    found = [
        scope.bound(relation, each)
        for relation in scope.relations
        for each in relation.ties
    ]
    return _telling(found, scope)


def _telling(found: Iterable[Bound], scope: Scope) -> list[Bound]:
    """Those that may be seen and compared."""
    most = scope.context.clearance
    return [each for each in found if each.clearance <= most and sortable(each.kind)]


_SIDES: Final = {"PRECEDING": -1, "FOLLOWING": 1}


def _frame(node: exp.Window) -> exp.WindowSpec | None:
    spec = node.args.get("spec")
    if spec is None:
        return None
    kind = str(spec.args.get("kind")).upper()
    if kind not in {"ROWS", "RANGE"}:
        refuse(node, "a frame is of ROWS or RANGE")
    start, start_side, first = _bound(node, spec, "start", kind)
    end, end_side, last = "CURRENT ROW", None, 0.0
    if spec.args.get("end") is not None:
        end, end_side, last = _bound(node, spec, "end", kind)
    if first > last or first == float("inf") or last == float("-inf"):
        refuse(node, "the frame ends before it begins")
    return exp.WindowSpec(
        kind=kind, start=start, start_side=start_side, end=end, end_side=end_side
    )


def _bound(
    node: Any, spec: exp.WindowSpec, name: str, kind: str
) -> tuple[Any, str | None, float]:
    value, side = spec.args.get(name), str(spec.args.get(f"{name}_side") or "").upper()
    text = "" if isinstance(value, exp.Expr) else str(value).upper()
    if text == "CURRENT ROW":
        return text, None, 0.0
    if side not in _SIDES:
        refuse(node, "a frame's bound is PRECEDING, FOLLOWING or CURRENT ROW")
    if text == "UNBOUNDED":
        return text, side, _SIDES[side] * float("inf")
    if kind == "RANGE":
        refuse(node, "a RANGE is UNBOUNDED or ends at the CURRENT ROW")
    rows = literals.whole(value, 0, MAX_ROWS, "a frame's bound")
    return exp.Literal.number(rows), side, float(_SIDES[side] * rows)
