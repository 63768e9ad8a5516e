"""A query's relations: every name resolved, a new tree over one business's rows.

Each dataset that is used becomes a materialised CTE of the business's rows, with the
columns that are used and may be seen. Ties of an order that shows are broken by the
columns of the result, so that both engines give the same rows in the same order.
"""

from dataclasses import replace
from typing import Any, Final

from sqlglot import exp

from exports.pipeline.datasets import DATASETS
from exports.pipeline.query import kinds, literals, windows
from exports.pipeline.query.classes import Bound, merged, visible
from exports.pipeline.query.expressions import bind as bind_expression
from exports.pipeline.query.expressions import condition
from exports.pipeline.query.generate import SQL, column
from exports.pipeline.query.joins import relations
from exports.pipeline.query.kinds import Family
from exports.pipeline.query.ordering import cut, hidden_keys, place, placed
from exports.pipeline.query.refusals import refuse
from exports.pipeline.query.scopes import (
    Context,
    Field,
    Scope,
    Shape,
    name_of,
    sortable,
)
from exports.pipeline.query.unions import united

MAX_COLUMNS: Final = 100
MAX_QUERIES: Final = 500
Ctes = dict[str, tuple[str, list[Field]]]


def bind_query(
    node: Any, context: Context, ctes: Ctes, parent: Scope | None = None
) -> Shape:
    """A query, or one within an expression when it has a ``parent``.

    :raises QueryRefused: it has no meaning in the dialect.

    :raises Forbidden: it uses what may not be seen, otherwise than to select it.
    """
    while isinstance(node, exp.Subquery):
        if node.args.get("alias"):
            refuse(node, "a name is not taken here")
        node = node.this
    if context.number() > MAX_QUERIES:
        refuse(node, "the query is made of too many queries")
    ctes = dict(ctes) | _ctes(node, context, ctes)
    if isinstance(node, exp.SetOperation):
        sides = [
            bind_query(each, context, ctes, parent)
            for each in (node.this, node.expression)
        ]
        return united(node, sides, context)
    if not isinstance(node, exp.Select):
        refuse(node, "a query is a SELECT")
    return _Select(node, context, ctes, parent).bind()


def _ctes(node: Any, context: Context, known: Ctes) -> Ctes:
    added: Ctes = {}
    clause = node.args.get("with_")
    for cte in clause.expressions if clause else ():
        alias = cte.args["alias"]
        name = name_of(alias.this)
        if name in added or name in DATASETS:
            refuse(cte, f"the name '{name[:60]}' is taken")
        before = context.weight
        shape = bind_query(cte.this, context, known | added)
        new = f"q{context.number()}"
        context.weights[new], context.weight = context.weight - before, before
        context.hoisted.append((new, shape.sql))
        added[name] = (new, renamed(cte, shape.fields, alias.args.get("columns")))
    return added


def renamed(node: Any, fields: list[Field], names: Any) -> list[Field]:
    """With the names of a list such as ``AS x (a, b)``."""
    given = [name_of(each) for each in names or ()]
    if len(given) > len(fields):
        refuse(node, "there are more names than columns")
    made = [replace(each, name=name) for each, name in zip(fields, given, strict=False)]
    return [*made, *fields[len(given) :]]


class _Select:
    """One SELECT on its way."""

    def __init__(
        self, node: exp.Select, context: Context, ctes: Ctes, parent: Scope | None
    ) -> None:
        self.node = node
        self.context, self.engine = context, context.engine
        self.scope = Scope(context, context.number(), ctes, parent)
        self.items: list[tuple[str, Bound]] = []
        self.tree = exp.Select()
        self.conditions: list[Bound] = []

    def bind(self) -> Shape:
        relations(self.node, self.scope, self.tree, bind_query)
        self._named_windows()
        self._where()
        self._items()
        self._group()
        self._having()
        keys = self._keys()
        self._check_grouped([bound for bound, _ in keys])
        fields = self._fields()
        return self._finished(fields, keys)

    def _named_windows(self) -> None:
        for window in self.node.args.get("windows") or ():
            self.scope.windows[name_of(window.this)] = window

    def _where(self) -> None:
        if (where := self.node.args.get("where")) is None:
            return
        found = condition(where.this, self.scope, "WHERE")
        self._rows_alone(where, found, "WHERE")
        self.conditions.append(found)
        self.tree.set("where", exp.Where(this=found.sql))

    @staticmethod
    def _rows_alone(node: Any, bound: Bound, place: str) -> None:
        if bound.aggregated or bound.windowed:
            refuse(node, f"{place} takes neither aggregates nor windows")

    def _items(self) -> None:
        """Bound again once the groups are known: then columns are loose or not."""
        self.items = []
        for node in self.node.expressions:
            self.items += self._item(node)
        if not 1 <= len(self.items) <= MAX_COLUMNS:
            refuse(self.node, f"a SELECT has 1 to {MAX_COLUMNS} columns")

    def _item(self, node: Any) -> list[tuple[str, Bound]]:
        if isinstance(node, exp.Star):
            return self._star(node, None)
        if isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
            return self._star(node, name_of(node.args["table"]))
        inner = node.this if isinstance(node, exp.Alias) else node
        bound = bind_expression(inner, self.scope)
        if isinstance(node, exp.Alias):
            return [(name_of(node.args["alias"]), bound)]
        if isinstance(inner, exp.Column):
            return [(name_of(inner.this), bound)]
        name = inner.key if isinstance(inner, exp.Func | exp.Window) else "column"
        return [(inner.this.key if isinstance(inner, exp.Window) else name, bound)]

    def _star(self, node: Any, table: str | None) -> list[tuple[str, Bound]]:
        """The columns that may be seen."""
        found = [
            (each.name, self.scope.bound(relation, each))
            for relation in self.scope.relations
            if table in {None, relation.name}
            for each in relation.fields
            if each.clearance <= self.context.clearance
            and (table is not None or each.name not in relation.hidden)
        ]
        if not found:
            refuse(node, "* stands for no column here")
        return found

    def _group(self) -> None:
        clause = self.node.args.get("group")
        is_plain = not clause and not self.node.args.get("having")
        if is_plain and not any(bound.aggregated for _, bound in self.items):
            return
        keys = [
            self._group_key(each) for each in (clause.expressions if clause else ())
        ]
        self.scope.group = {self.engine.write(each.sql): each for each in keys}
        if keys:
            sql = [each.sql.copy() for each in keys]
            self.tree.set("group", exp.Group(expressions=sql))
        self._items()

    def _group_key(self, node: Any) -> Bound:
        bound = self._output(node) or bind_expression(node, self.scope)
        self._rows_alone(node, bound, "GROUP BY")
        if not sortable(bound.kind):
            refuse(node, "JSON is not compared")
        if not bound.loose:
            refuse(node, "GROUP BY takes columns and what is made of them")
        return visible(bound, self.context.clearance, "GROUP BY")

    def _output(self, node: Any, *, first: bool = False) -> Bound | None:
        """The column of the result that a number or a name stands for.

        :param first: its names go before those of the relations.
        """
        if isinstance(node, exp.Literal):
            place = literals.whole(node, 1, len(self.items), "the place of a column")
            return self.items[place - 1][1]
        if not isinstance(node, exp.Column) or node.args.get("table"):
            return None
        name = name_of(node.this)
        found = [bound for each, bound in self.items if each == name]
        if not found or (not first and self._is_input(name)):
            return None
        return found[0]

    def _is_input(self, name: str) -> bool:
        return any(relation.find(name) for relation in self.scope.relations)

    def _having(self) -> None:
        if (clause := self.node.args.get("having")) is None:
            return
        found = condition(clause.this, self.scope, "HAVING")
        if found.windowed:
            refuse(clause, "HAVING takes no windows")
        self.conditions.append(found)
        self._check_grouped([found])
        self.tree.set("having", exp.Having(this=found.sql))

    def _keys(self) -> list[tuple[Bound, exp.Expr]]:
        """What the rows are ordered by; for each the bound and the node."""
        clause = self.node.args.get("order")
        found = []
        for node in clause.expressions if clause else ():
            bound = self._output(node.this, first=True)
            bound = bound or bind_expression(node.this, self.scope)
            if not sortable(bound.kind):
                refuse(node, "JSON is not compared")
            found.append((visible(bound, self.context.clearance, "ORDER BY"), node))
        return found

    def _check_grouped(self, more: list[Bound]) -> None:
        if self.scope.group is None:
            return
        for bound in [*(bound for _, bound in self.items), *more]:
            if any(owner == self.scope.id for owner, _ in bound.loose):
                names = ", ".join(sorted(bound.names))
                refuse(self.node, f"not in GROUP BY and in no aggregate: {names[:200]}")

    def _fields(self) -> list[Field]:
        fields = []
        for number, (name, bound) in enumerate(self.items, 1):
            denied = bound.clearance > self.context.clearance
            if denied and self.node.args.get("distinct"):
                visible(bound, self.context.clearance, "DISTINCT")
            # A column is passed on to be counted; of all else nothing is written.
            sql = bound.sql if bound.bare or not denied else exp.Null()
            if bound.kind.family is Family.NULL or (denied and not bound.bare):
                sql = self.engine.null(bound.kind)
            self.tree.append("expressions", exp.alias_(sql.copy(), f"c{number}"))
            fields.append(
                Field(
                    name,
                    bound.kind,
                    bound.clearance,
                    f"c{number}",
                    bound.names | {name},
                    bare=bound.bare,
                )
            )
        if self.node.args.get("distinct"):
            self._distinct(fields)
        return fields

    def _distinct(self, fields: list[Field]) -> None:
        if any(not sortable(each.kind) for each in fields):
            refuse(self.node, "JSON is not compared: DISTINCT cannot have it")
        self.tree.set("distinct", exp.Distinct())

    def _finished(
        self, fields: list[Field], keys: list[tuple[Bound, exp.Expr]]
    ) -> Shape:
        order = [self._key(bound, node) for bound, node in keys]
        loose = self._outer_loose()
        hidden = hidden_keys(self.tree, fields, self.scope)
        shape = Shape(self.tree, fields, loose, hidden)
        return cut(self.node, shape, order, self.context)

    def _key(self, bound: Bound, node: exp.Expr) -> SQL:
        """:raises QueryRefused: rows that are one would have it in several ways."""
        is_hidden = place(self.tree, bound, self.engine) is None
        if is_hidden and self.node.args.get("distinct"):
            refuse(node, "with DISTINCT the order is of selected columns")
        name = placed(self.tree, bound, self.engine)
        return windows.ordered(
            self.engine.order(column(name, "s"), bound.kind),
            desc=bool(node.args.get("desc")),
            nulls_first=bool(node.args.get("nulls_first")),
        )

    def _outer_loose(self) -> frozenset[tuple[int, str]]:
        bounds = [*(bound for _, bound in self.items), *self.conditions]
        loose = merged(exp.Null(), kinds.NULL, bounds).loose
        return frozenset(each for each in loose if each[0] != self.scope.id)
