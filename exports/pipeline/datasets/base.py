"""What a dataset declares: its columns, its time column, its tenant-scoped rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeAlias

from django.db.models import QuerySet

from customers.clearance import Clearance
from customers.models import Business
from customers.models.rows import ExportableRow
from exports.pipeline.columns import Cells, ColumnType

Combine: TypeAlias = Callable[[Sequence[Cells]], Cells]

FORMATS = ("csv", "tsv", "json", "ndjson", "excel", "pdf", "xml", "yaml", "parquet")


@dataclass(frozen=True, slots=True)
class Column:
    """:ivar source: where the value is: a field path or annotation of the queryset.

    :ivar inputs: sources that ``combine`` makes the value of, when it is derived.
    :ivar digits: of a decimal, all in all.
    :ivar factor: the source holds the value times this (exact sums are integers).
    """

    name: str
    type: ColumnType
    clearance: Clearance
    description: str
    source: str = ""
    label: str = ""
    scale: int = 0
    digits: int = 14
    choices: tuple[str, ...] = ()
    nullable: bool = False
    filterable: bool = True
    sortable: bool = True
    inputs: tuple[str, ...] = ()
    combine: Combine | None = None
    factor: int = 1

    @property
    def path(self) -> str:
        return self.source or self.name

    @property
    def title(self) -> str:
        return self.label or self.name.replace("_", " ").capitalize()


class Dataset:
    """Fill the class attributes and ``rows``.

    A change of what a column holds raises ``version``; manifests name it.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    version: ClassVar[int] = 1
    columns: ClassVar[tuple[Column, ...]]
    time_column: ClassVar[str]
    time_path: ClassVar[str] = ""
    """Where a time range applies, when it is not the time column itself."""
    key: ClassVar[str] = "id"
    """The primary key, on which ties of a sort break."""
    formats: ClassVar[tuple[str, ...]] = FORMATS
    chart: ClassVar[bool] = False
    reads: ClassVar[tuple[type[ExportableRow], ...]] = ()
    """The tables whose changes are changes of its rows; none: that is not known."""
    follows: ClassVar[tuple[str, ...]] = ()
    """Paths to the rows that one of its rows changes with, ``""`` to itself; none: its
    rows have no place of their own in the sequence of changes."""

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def key_column(self) -> Column:
        return next(column for column in self.columns if column.path == self.key)

    @property
    def range_path(self) -> str:
        return self.time_path or self.by_name[self.time_column].path

    def rows(self, business: Business) -> QuerySet[Any]:
        """The rows of one business, unordered, before filters on its columns."""
        raise NotImplementedError

    def in_range(self, rows: QuerySet[Any], business: Business) -> QuerySet[Any]:
        """What is made of the rows once the time range has been applied to them."""
        del business
        return rows
