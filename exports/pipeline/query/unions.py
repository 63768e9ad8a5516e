"""UNION, INTERSECT and EXCEPT: two queries in columns of one kind each."""

from dataclasses import replace
from typing import Any

from sqlglot import exp

from exports.pipeline.query import kinds, literals, windows
from exports.pipeline.query.classes import Bound, visible
from exports.pipeline.query.generate import SQL, column
from exports.pipeline.query.matching import coerce
from exports.pipeline.query.ordering import as_table, cut
from exports.pipeline.query.refusals import refusal, refuse
from exports.pipeline.query.scopes import Context, Field, Shape, name_of, sortable


def united(node: exp.SetOperation, sides: list[Shape], context: Context) -> Shape:
    """UNION, INTERSECT or EXCEPT of two queries that are bound."""
    if not isinstance(node, exp.Union) and not node.args.get("distinct"):
        refuse(node, "INTERSECT and EXCEPT are taken without ALL")
    if len(sides[0].fields) != len(sides[1].fields):
        refuse(node, "both sides have the same number of columns")
    fields = [
        _united(node, *pair, context)
        for pair in zip(sides[0].fields, sides[1].fields, strict=True)
    ]
    left, right = (_side(each, fields, context) for each in sides)
    tree = type(node)(
        this=left, expression=right, distinct=bool(node.args.get("distinct"))
    )
    loose = sides[0].loose | sides[1].loose
    return cut(
        node, Shape(tree, fields, loose), _set_order(node, fields, context), context
    )


def _united(node: Any, left: Field, right: Field, context: Context) -> Field:
    kind = kinds.common(left.kind, right.kind)
    if kind is None:
        kinds_named = f"{left.kind.family.value} and {right.kind.family.value}"
        refuse(node, f"{kinds_named} do not go together")
    clearance = max(left.clearance, right.clearance)
    names = left.names | right.names
    if node.args.get("distinct"):
        probe = Bound(exp.Null(), kind, clearance=clearance, names=names)
        visible(probe, context.clearance, node.key.upper())
        if not sortable(kind):
            refuse(node, "JSON is not compared: only UNION ALL can have it")
    return replace(left, kind=kind, clearance=clearance, names=names, bare=False)


def _side(shape: Shape, fields: list[Field], context: Context) -> exp.Query:
    select = exp.Select()
    for own, wanted in zip(shape.fields, fields, strict=True):
        sql = column(own.column, "s")
        if wanted.clearance > context.clearance:
            sql = context.engine.null(wanted.kind)
        else:
            sql = coerce(Bound(sql, own.kind), wanted.kind, context.engine).sql
        select.append("expressions", exp.alias_(sql, wanted.column))
    select.set("from_", exp.From(this=as_table(shape.sql)))
    return select


def _set_order(node: Any, fields: list[Field], context: Context) -> list[SQL]:
    clause = node.args.get("order")
    found = []
    for each in clause.expressions if clause else ():
        field = _set_field(each.this, fields)
        probe = Bound(
            exp.Null(), field.kind, clearance=field.clearance, names=field.names
        )
        visible(probe, context.clearance, "ORDER BY")
        found.append(
            windows.ordered(
                context.engine.order(column(field.column, "s"), field.kind),
                desc=bool(each.args.get("desc")),
                nulls_first=bool(each.args.get("nulls_first")),
            )
        )
    return found


def _set_field(node: Any, fields: list[Field]) -> Field:
    if isinstance(node, exp.Literal):
        place = literals.whole(node, 1, len(fields), "the place of a column")
        return fields[place - 1]
    if isinstance(node, exp.Column) and not node.args.get("table"):
        name = name_of(node.this)
        for field in fields:
            if field.name == name:
                return field
    raise refusal(node, "the order of a UNION is of its columns, by name or place")
