"""FROM and its joins: datasets, CTEs and queries, each under a new name."""

from collections.abc import Callable
from typing import Any, Final

from sqlglot import exp

from exports.pipeline.datasets import DATASETS
from exports.pipeline.query.classes import Bound, visible
from exports.pipeline.query.expressions import condition
from exports.pipeline.query.generate import SQL, binary
from exports.pipeline.query.matching import pair
from exports.pipeline.query.refusals import refuse
from exports.pipeline.query.scopes import (
    Field,
    Relation,
    Scope,
    Shape,
    dataset_fields,
    name_of,
)
from exports.pipeline.registry import unknown

MAX_RELATIONS: Final = 12
_SIDES: Final = frozenset({"", "LEFT", "RIGHT"})
_KINDS: Final = frozenset({"", "INNER", "OUTER", "CROSS"})
BindQuery = Callable[..., Shape]


def relations(
    node: exp.Select, scope: Scope, tree: exp.Select, bind_query: BindQuery
) -> None:
    """Add them to the scope, and to the new tree."""
    start = node.args.get("from_")
    if start is None:
        if node.args.get("joins"):
            refuse(node, "a join follows FROM")
        return
    first = _add(start.this, scope, bind_query)
    tree.set("from_", exp.From(this=first))
    for join in node.args.get("joins") or ():
        tree.append("joins", _join(join, scope, bind_query))
    if len(scope.relations) > MAX_RELATIONS:
        refuse(node, f"a SELECT is of at most {MAX_RELATIONS} relations")


def _add(node: Any, scope: Scope, bind_query: BindQuery) -> SQL:
    alias = node.args.get("alias")
    number = scope.context.number()
    sql: SQL
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        relation, sql = _table(node, scope, f"r{number}")
    elif isinstance(node, exp.Subquery):
        if alias is None:
            refuse(node, "a query in FROM has a name")
        shape = bind_query(node.this, scope.context, scope.ctes)
        relation = Relation("", f"r{number}", shape.fields, shape.fields)
        sql = exp.Subquery(this=shape.sql, alias=_alias(relation.alias))
    else:
        refuse(node, "FROM takes datasets, the names of WITH, and queries")
    if alias is not None:
        relation.name = name_of(alias.this)
        relation.fields = _renamed(node, relation.fields, alias.args.get("columns"))
    if any(each.name == relation.name for each in scope.relations):
        refuse(node, f"the name '{relation.name[:60]}' is taken")
    scope.relations.append(relation)
    return sql


def _table(node: exp.Table, scope: Scope, new: str) -> tuple[Relation, SQL]:
    name = name_of(node.this)
    if name in scope.ctes:
        table, fields = scope.ctes[name]
        relation = Relation(name, new, fields, fields)
    elif name in DATASETS:
        fields = dataset_fields(name)
        key = DATASETS[name].key_column.name
        ties = [each for each in fields if each.name == key]
        table = scope.context.tenant_rows(name)
        relation = Relation(name, new, fields, ties, dataset=name)
    else:
        known = [*scope.ctes, *DATASETS]
        refuse(node, unknown("dataset", name[:60], known))
    scope.context.weigh(node, table)
    return relation, exp.Table(this=exp.to_identifier(table), alias=_alias(new))


def _alias(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=exp.to_identifier(name))


def _renamed(node: Any, fields: list[Field], names: Any) -> list[Field]:
    if names:
        refuse(node, "the columns of a relation keep their names: rename them within")
    return fields


def _join(node: exp.Join, scope: Scope, bind_query: BindQuery) -> exp.Join:
    side, kind = str(node.side or "").upper(), str(node.kind or "").upper()
    if side not in _SIDES or kind not in _KINDS:
        refuse(node, "joins are INNER, LEFT, RIGHT and CROSS")
    table = _add(node.this, scope, bind_query)
    using, on = node.args.get("using"), node.args.get("on")
    made = exp.Join(this=table, side=side or None, kind=kind or None)
    if using:
        made.set("on", _using(node, using, side, scope))
    elif on is not None:
        found = condition(on, scope, "JOIN")
        if found.aggregated or found.windowed:
            refuse(node, "ON takes neither aggregates nor windows")
        made.set("on", found.sql)
    elif side or kind == "INNER":
        refuse(node, "a join has ON or USING")
    else:
        made.set("kind", "CROSS")
    return made


def _using(node: exp.Join, names: list[Any], side: str, scope: Scope) -> SQL:
    """Named without a relation, such a column is the left one."""
    if side == "RIGHT":
        refuse(node, "USING is not taken with RIGHT JOIN: write ON")
    *left, right = scope.relations
    parts: list[SQL] = []
    for each in names:
        name = name_of(each)
        theirs = right.find(name)
        ours = [
            (relation, found)
            for relation in left
            if name not in relation.hidden and (found := relation.find(name))
        ]
        if theirs is None or len(ours) != 1:
            refuse(node, f"'{name[:60]}' is not in one relation of each side")
        bounds = [scope.bound(*ours[0]), scope.bound(right, theirs)]
        for bound in bounds:
            visible(bound, scope.context.clearance, "JOIN")
        first, second = pair(node, bounds[0], bounds[1], scope.engine)
        parts.append(_equal(scope, first, second))
        right.hidden.add(name)
    made = parts[0]
    for part in parts[1:]:
        made = binary(exp.And, made, part)
    return made


def _equal(scope: Scope, left: Bound, right: Bound) -> SQL:
    return scope.engine.compare(exp.EQ, left.sql, right.sql, left.kind)
