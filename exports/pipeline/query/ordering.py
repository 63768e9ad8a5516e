"""Orders without ties, and what LIMIT leaves of them."""

from typing import Any, Final

from sqlglot import exp

from exports.pipeline.query import literals, windows
from exports.pipeline.query.classes import Bound
from exports.pipeline.query.generate import SQL, Engine, column
from exports.pipeline.query.scopes import Context, Field, Scope, Shape, sortable

MAX_LIMIT: Final = 1_000_000_000


def cut(node: Any, shape: Shape, order: list[SQL], context: Context) -> Shape:
    """With its LIMIT, over rows in an order without ties.

    Where nothing is cut off, the order is left to whoever reads the rows; the keys stay
    in ``shape`` for the outermost.
    """
    limit, offset = (node.args.get(name) for name in ("limit", "offset"))
    if limit is None and offset is None and not order:
        return shape
    outer = exp.Select(expressions=[column(each.column, "s") for each in shape.fields])
    outer.set("from_", exp.From(this=as_table(shape.sql)))
    keys = [*order, *tie_keys(shape, context)]
    # Where nothing may be seen there is nothing to tell rows apart by.
    outer.set("order", exp.Order(expressions=keys) if keys else None)
    for name, kind, value in (
        ("limit", exp.Limit, limit),
        ("offset", exp.Offset, offset),
    ):
        if value is not None:
            number = literals.whole(value.expression, 0, MAX_LIMIT, name.upper())
            outer.set(name, kind(expression=exp.Literal.number(number)))
    if offset is not None and limit is None:
        # SQLite has no OFFSET without a LIMIT.
        outer.set("limit", exp.Limit(expression=exp.Literal.number(MAX_LIMIT)))
    return Shape(outer, shape.fields, shape.loose, ordered=True)


def as_table(query: exp.Query) -> SQL:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier("s")))


def tie_keys(shape: Shape, context: Context) -> list[SQL]:
    """Every column that may be seen and compared, in its place; then the rows' keys."""
    return [
        windows.ordered(context.engine.order(column(each.column, "s"), each.kind))
        for each in (*shape.fields, *shape.keys)
        if each.clearance <= context.clearance and sortable(each.kind)
    ]


def hidden_keys(tree: exp.Select, fields: list[Field], scope: Scope) -> list[Field]:
    """Of the rows here, where columns that are not compared may be all that differs."""
    if scope.group is not None or all(sortable(each.kind) for each in fields):
        return []
    engine = scope.engine
    return [
        Field("", each.kind, each.clearance, placed(tree, each, engine), each.names)
        for each in windows.row_keys(scope)
        if place(tree, each, engine) is None
    ]


def placed(tree: exp.Select, bound: Bound, engine: Engine) -> str:
    """The name of a column of the tree, which is hidden when it is not selected."""
    name = place(tree, bound, engine)
    if name is None:
        name = f"o{len(tree.expressions)}"
        tree.append("expressions", exp.alias_(bound.sql.copy(), name))
    return name


def place(tree: exp.Select, bound: Bound, engine: Engine) -> str | None:
    """The name under which it is there."""
    written = engine.write(bound.sql)
    names = {engine.write(each.this): str(each.alias) for each in tree.expressions}
    return names.get(written)
