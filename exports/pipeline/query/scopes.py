"""What names mean where: relations with their columns, and what of a dataset is read.

No name of the query's own is written out: relations and columns get new ones.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from sqlglot import exp

from customers.clearance import Clearance
from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets import DATASETS
from exports.pipeline.query.classes import Bound
from exports.pipeline.query.generate import SQL, Engine, call, column
from exports.pipeline.query.kinds import Kind, of_column
from exports.pipeline.query.refusals import refusal, refuse
from exports.pipeline.registry import unknown

TENANT: Final = "t_"
MAX_WEIGHT: Final = 500


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a relation.

    :ivar column: its new name.

    :ivar bare: its values are those of a column, so that they may be counted.
    """

    name: str
    kind: Kind
    clearance: Clearance
    column: str
    names: frozenset[str]
    bare: bool = True


@dataclass(slots=True)
class Relation:
    """:ivar ties: the fields that tell two of its rows apart."""

    name: str
    alias: str
    fields: list[Field]
    ties: list[Field]
    dataset: str | None = None
    hidden: set[str] = field(default_factory=set)
    """Names that USING has merged into another relation's."""

    def find(self, name: str) -> Field | None:
        return next((each for each in self.fields if each.name == name), None)


@dataclass(slots=True)
class Shape:
    """A query that is bound: its columns are ``c1`` and so on.

    :ivar keys: hidden columns, of the rows that it is made of: what tells rows apart
        that differ in JSON alone.
    """

    sql: exp.Query
    fields: list[Field]
    loose: frozenset[tuple[int, str]] = frozenset()
    keys: list[Field] = field(default_factory=list)
    ordered: bool = False
    """Its rows come in an order: it reads ``s`` and selects its columns alone."""


class Context:
    """One compilation: the engine, the clearance, the datasets read so far."""

    def __init__(
        self, engine: Engine, clearance: Clearance, bind: Callable[..., Shape]
    ) -> None:
        self.engine = engine
        self.clearance = clearance
        self.bind = bind
        """Of a query within an expression; the module of it stands above."""
        self.used: dict[str, dict[str, SQL]] = {}
        """Dataset -> new name -> what is read for it."""
        self.discloses = Clearance.PUBLIC
        """The highest class of a column that is read otherwise than to be counted."""
        self.put_in_order: set[str] = set()
        """Datasets whose rows would else come as a hidden column sorts them."""
        self.hoisted: list[tuple[str, exp.Query]] = []
        self.weights: dict[str, int] = {}
        """New name of a CTE -> how many relations it is made of, all told."""
        self.weight = 0
        self._numbers = count(1)

    def number(self) -> int:
        return next(self._numbers)

    def tenant_rows(self, dataset: str) -> str:
        self.used.setdefault(dataset, {})
        return TENANT + dataset

    def weigh(self, node: exp.Expr, table: str) -> None:
        """:raises QueryRefused: the query is made of too many relations, all told."""
        # SQLite plans a CTE anew wherever it is named: where each of many names another
        # twice, planning alone would take longer than any deadline.
        self.weight += 1 + self.weights.get(table, 0)
        if self.weight > MAX_WEIGHT:
            refuse(node, "WITH upon WITH makes too many relations of it")

    def read(self, dataset: str, wanted: Field, *, counted: bool) -> None:
        """A column above the clearance is read as numbers to be counted, not clear."""
        stored = column(wanted.name)
        sql = self.engine.stored(stored, wanted.kind)
        if wanted.clearance > self.clearance:
            sql = self._numbered(sql, wanted.kind)
            # To number them the engine sorts by them, and JSON breaks no tie: whoever
            # knows rows by their JSON would see them in that order.
            self.put_in_order.add(dataset)
        elif not counted:
            self.discloses = max(self.discloses, wanted.clearance)
        self.used[dataset].setdefault(wanted.column, sql)

    def _numbered(self, sql: SQL, kind: Kind) -> SQL:
        """The same number for the same value, and null for null."""
        key = exp.Ordered(this=self.engine.order(sql.copy(), kind))
        rank = exp.Window(
            this=call("dense_rank"), order=exp.Order(expressions=[key]), over="OVER"
        )
        known = exp.Not(this=exp.Is(this=sql.copy(), expression=exp.Null()))
        return exp.Case(ifs=[exp.If(this=known, true=rank)])


@dataclass(slots=True)
class Scope:
    """Where an expression stands.

    :ivar parent: of a query within an expression, which may name the outer columns.

    :ivar ctes: name -> new name and columns.
    """

    context: Context
    id: int
    ctes: dict[str, tuple[str, list[Field]]]
    parent: "Scope | None" = None
    relations: list[Relation] = field(default_factory=list)
    windows: dict[str, exp.Window] = field(default_factory=dict)
    group: dict[str, Bound] | None = None
    """What the rows are grouped by: the SQL of it -> it; None: they are not."""
    counting: bool = False
    """A column that stands here is counted, and nothing else."""

    @property
    def engine(self) -> Engine:
        return self.context.engine

    def column(self, node: exp.Column) -> Bound:
        """:raises QueryRefused: there is none of the name, or more than one."""
        name, table = name_of(node.this), node.args.get("table")
        scope: Scope | None = self
        while scope is not None:
            found = list(scope.named(name, name_of(table) if table else None))
            if len(found) > 1:
                refuse(node, f"'{name[:60]}' is in more than one relation: name it")
            if found:
                return scope.bound(*found[0])
            scope = scope.parent
        known = [each.name for relation in self.relations for each in relation.fields]
        raise refusal(node, unknown("column", name[:60], list(dict.fromkeys(known))))

    def named(self, name: str, table: str | None) -> Iterator[tuple[Relation, Field]]:
        for relation in self.relations:
            if table is None and name in relation.hidden:
                continue
            found = relation.find(name) if table in {None, relation.name} else None
            if found is not None:
                yield relation, found

    def bound(self, relation: Relation, found: Field) -> Bound:
        if relation.dataset is not None:
            self.context.read(relation.dataset, found, counted=self.counting)
        sql = column(found.column, relation.alias)
        made = Bound(
            sql,
            found.kind,
            clearance=found.clearance,
            loose=frozenset({(self.id, self.engine.write(sql))}),
            bare=found.bare,
            names=found.names,
        )
        return self.grouped(made)

    def grouped(self, bound: Bound) -> Bound:
        """Free of loose columns when the rows are grouped by it."""
        if self.group is None or not bound.loose:
            return bound
        known = self.group.get(self.engine.write(bound.sql))
        if known is None:
            return bound
        return Bound(
            bound.sql,
            bound.kind,
            clearance=bound.clearance,
            bare=bound.bare,
            names=bound.names,
        )


def name_of(node: exp.Expr) -> str:
    """As PostgreSQL reads it: lower case unless quoted."""
    text = str(node.this)
    return text if node.args.get("quoted") else text.lower()


def dataset_fields(name: str) -> list[Field]:
    return [
        Field(
            each.name,
            of_column(each),
            each.clearance,
            each.name,
            frozenset({each.name}),
        )
        for each in DATASETS[name].columns
    ]


def sortable(kind: Kind) -> bool:
    return kind.family.value != ColumnType.JSON.value
