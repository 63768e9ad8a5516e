"""Filters: ``column``, or ``column_operator``, and what they ask of the database.

Text is compared by code point and heeds case, on both databases.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
    Lookup,
)

from customers.view360.exact import CodePoints
from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets.base import Column, Dataset
from exports.pipeline.problems import Problems
from exports.pipeline.registry import unknown
from exports.pipeline.values import BadValue, read

MAX_LIST: Final = 1000


class Contains(Func):
    template = "(instr(%(expressions)s) > 0)"
    output_field = BooleanField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "(strpos(%(expressions)s) > 0)"
        return self.as_sql(compiler, connection, template=template, **extra)


class StartsWith(Contains):
    template = "(instr(%(expressions)s) = 1)"

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            function="starts_with",
            template="%(function)s(%(expressions)s)",
            **extra,
        )


@dataclass(frozen=True, slots=True)
class Condition:
    column: Column
    operator: str
    value: Any

    def expression(self) -> Any:
        return _OPERATORS[self.operator](self.column.path, self.column, self.value)


def _comparison(lookup: type[Lookup[Any]]) -> Callable[[str, Column, Any], Any]:
    """The plain lookup: a field's own one lets nulls pass beyond its range."""

    def compare(path: str, column: Column, value: Any) -> Any:
        is_text = column.type is ColumnType.TEXT
        return lookup(CodePoints(F(path)) if is_text else F(path), value)

    return compare


_OPERATORS: Final[dict[str, Callable[[str, Column, Any], Any]]] = {
    "": lambda path, _, value: (
        Q(**{f"{path}__in": value})
        if isinstance(value, list)
        else Exact(F(path), value)
    ),
    "in": lambda path, _, value: Q(**{f"{path}__in": value}),
    # A row without a value is not that value either.
    "not": lambda path, _, value: ~Q(**{path: value}) | Q(**{f"{path}__isnull": True}),
    "min": _comparison(GreaterThanOrEqual),
    "max": _comparison(LessThanOrEqual),
    "gt": _comparison(GreaterThan),
    "lt": _comparison(LessThan),
    "contains": lambda path, _, value: Contains(F(path), Value(value)),
    "startswith": lambda path, _, value: StartsWith(F(path), Value(value)),
    "isnull": lambda path, _, value: Q(**{f"{path}__isnull": value}),
}
_RANGED: Final = ("", "in", "not", "min", "max", "gt", "lt", "isnull")


def operators(column: Column) -> tuple[str, ...]:
    """The operators a column takes; ``""`` is equal, or any of a list."""
    if not column.filterable:
        return ()
    if column.choices or column.type is ColumnType.UUID:
        return ("", "in", "not", "isnull")
    if column.type is ColumnType.TEXT:
        return (*_RANGED, "contains", "startswith")
    return _RANGED


def parse(
    filters: Mapping[str, Any], dataset: Dataset, problems: Problems
) -> tuple[Condition, ...]:
    found = []
    for name, value in filters.items():
        field = f"filters.{name[:80]}"
        try:
            column, operator = _resolve(name, dataset)
            found.append(Condition(column, operator, _value(value, column, operator)))
        except BadValue as error:
            problems.add(field, str(error))
    return tuple(found)


def _resolve(name: str, dataset: Dataset) -> tuple[Column, str]:
    column = dataset.by_name.get(name)
    if column and column.filterable:
        return column, ""
    stem, _, operator = name.rpartition("_")
    column = column or dataset.by_name.get(stem)
    if column and not column.filterable:
        raise BadValue("is not a column that can be filtered")
    if column and operator in operators(column):
        return column, operator
    if column:
        known = ", ".join(f"{stem}_{word}" for word in operators(column) if word)
        raise BadValue(f"is no filter of that column; known: {stem}, {known}")
    names = [item.name for item in dataset.columns if item.filterable]
    raise BadValue(f"is no filter here: {unknown('column', name, names)}")


def _value(value: Any, column: Column, operator: str) -> Any:
    if operator == "isnull":
        if not isinstance(value, bool):
            raise BadValue("must be true or false")
        return value
    if operator == "in" or (operator == "" and isinstance(value, list)):
        if not isinstance(value, list) or not 1 <= len(value) <= MAX_LIST:
            raise BadValue(f"must be a list of 1 to {MAX_LIST} values")
        return [read(item, column) for item in value]
    return read(value, column)


def apply(rows: QuerySet[Any], conditions: Iterable[Condition]) -> QuerySet[Any]:
    for condition in conditions:
        rows = rows.filter(condition.expression())
    return rows
