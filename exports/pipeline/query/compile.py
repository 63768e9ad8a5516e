"""A custom query, from its text to the statements that an engine runs."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.db import connections
from sqlglot import exp

from customers.clearance import Clearance
from exports.errors import QueryRefused
from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets import DATASETS
from exports.pipeline.datasets.base import Column
from exports.pipeline.query import postgres, sqlite
from exports.pipeline.query.check import check
from exports.pipeline.query.generate import Engine, binary, column
from exports.pipeline.query.kinds import of_column
from exports.pipeline.query.ordering import as_table, tie_keys
from exports.pipeline.query.parse import normalised, parse
from exports.pipeline.query.rewrite import bind_query
from exports.pipeline.query.scopes import TENANT, Context, Field, Shape

ENGINES: Final[dict[str, Engine]] = {
    "postgresql": postgres.ENGINE,
    "sqlite": sqlite.ENGINE,
}
MAX_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Compiled:
    """:ivar sql: rows of canonical text, in an order without ties.

    :ivar counting: how many they are.

    :ivar normalised: what was asked, as it was understood.

    :ivar discloses: the highest class of a column that is read otherwise than to be
        counted; of one above the clearance no value is read.
    """

    sql: str
    counting: str
    normalised: str
    columns: tuple[Column, ...]
    discloses: Clearance


@lru_cache(maxsize=64)
def compiled(
    text: str, *, business_id: str, clearance: Clearance, vendor: str
) -> Compiled:
    """:raises QueryRefused: it is no query of the dialect.

    :raises Forbidden: it finds or orders rows by what may not be seen.
    """
    tree = parse(text)
    check(tree)
    context = Context(ENGINES[vendor], clearance, bind_query)
    try:
        shape = bind_query(tree, context, {})
        columns = _columns(shape)
        rows = _rows(shape, context)
        counting = exp.Select(expressions=[exp.alias_(exp.Count(this=exp.Star()), "n")])
        counting.set("from_", exp.From(this=as_table(shape.sql.copy())))
        return Compiled(
            context.engine.write(_with(rows, context, business_id)),
            context.engine.write(_with(counting, context, business_id)),
            normalised(tree),
            columns,
            context.discloses,
        )
    except RecursionError as error:
        raise QueryRefused("the query is nested too deep") from error


def compiled_here(text: str, *, business_id: str, clearance: Clearance) -> Compiled:
    """For the database of this installation; raises as ``compiled``."""
    vendor = connections["default"].vendor
    return compiled(text, business_id=business_id, clearance=clearance, vendor=vendor)


def _columns(shape: Shape) -> tuple[Column, ...]:
    names = Counter(field.name for field in shape.fields)
    for name, count in names.items():
        if count > 1:
            raise QueryRefused(
                f"two columns are called '{name[:60]}': name them apart with AS"
            )
        if not name.strip() or len(name) > MAX_NAME:
            raise QueryRefused(f"a column's name has 1 to {MAX_NAME} characters")
    return tuple(_column(field) for field in shape.fields)


def _column(field: Field) -> Column:
    kind = field.kind
    return Column(
        field.name,
        kind.column_type,
        field.clearance,
        "Of the query",
        scale=kind.scale if kind.column_type is ColumnType.DECIMAL else 0,
        digits=kind.digits + kind.scale,
        nullable=True,
    )


def _rows(shape: Shape, context: Context) -> exp.Query:
    if shape.ordered:
        tree = shape.sql.copy()
        order = tree.args.get("order")
    else:
        keys = tie_keys(shape, context)
        order = exp.Order(expressions=keys) if keys else None
        tree = exp.Select()
        tree.set("from_", exp.From(this=as_table(shape.sql.copy())))
    texts = [exp.alias_(_text(field, context), field.column) for field in shape.fields]
    tree.set("expressions", texts)
    tree.set("order", order)
    return tree


def _text(field: Field, context: Context) -> exp.Expr:
    if field.clearance > context.clearance:
        return exp.Null()
    return context.engine.as_text(column(field.column, "s"), field.kind)


def _with(tree: exp.Query, context: Context, business_id: str) -> exp.Query:
    """Over one business's rows of each dataset that is used."""
    ctes = [
        _materialised(TENANT + dataset, _tenant(dataset, columns, context, business_id))
        for dataset, columns in context.used.items()
    ]
    ctes += [_materialised(name, query.copy()) for name, query in context.hoisted]
    if ctes:
        tree.set("with_", exp.With(expressions=ctes))
    return tree


def _tenant(
    dataset: str,
    columns: dict[str, exp.Expr],
    context: Context,
    business_id: str,
) -> exp.Select:
    chosen = [
        exp.alias_(sql.copy(), name, quoted=True) for name, sql in columns.items()
    ]
    # Rows are counted even when none of their columns is read.
    select = exp.Select(
        expressions=chosen or [exp.alias_(exp.Literal.number(1), "one")]
    )
    select.set("from_", exp.From(this=context.engine.table(dataset)))
    ours = binary(exp.EQ, column("business_id"), exp.Literal.string(business_id))
    select.set("where", exp.Where(this=ours))
    if dataset in context.put_in_order:
        key = DATASETS[dataset].key_column
        stored, kind = column(key.name), of_column(key)
        by = context.engine.order(context.engine.stored(stored, kind), kind)
        select.set("order", exp.Order(expressions=[exp.Ordered(this=by)]))
    return select


def _materialised(name: str, query: exp.Query) -> exp.CTE:
    alias = exp.TableAlias(this=exp.to_identifier(name))
    return exp.CTE(this=query, alias=alias, materialized=True)
