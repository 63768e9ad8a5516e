"""Which rows of a dataset have changed since a mark, and which are gone.

Both stand in one file, in the order of their keys, each with what became of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from customers import sequence
from customers.models import Business
from customers.sequence import Mark
from exports.pipeline.columns import DELETE, UPSERT, Block, ColumnType, OutColumn
from exports.pipeline.datasets.base import Dataset
from exports.pipeline.problems import Problems
from exports.pipeline.rows import BLOCK_ROWS
from exports.pipeline.selection import SortKey
from exports.pipeline.spec import ExportSpec

FORMATS: Final = ("csv", "tsv", "json", "ndjson")
"""Of which rows can be put together again to the byte."""
OPERATION: Final = OutColumn("_op", "_op", ColumnType.TEXT, is_operation=True)


class Changed:
    """What has changed since a mark, among the rows that a spec asks for.

    :ivar upserts: rows that were inserted or updated, as they are now.
    :ivar gone: tombstones; a row may have several.
    :ivar left: rows that were changed and do not, or no longer, fit the filters.
    """

    def __init__(
        self, dataset: Dataset, business: Business, wanted: QuerySet[Any], since: Mark
    ) -> None:
        """:param wanted: filtered, unordered."""
        own = dataset.rows(business)
        key = own.model._meta.pk.name
        moved = Q()
        for path in dataset.follows:
            moved |= sequence.unseen(since, path)
        self.upserts = wanted.filter(moved)
        self.left = own.filter(moved, ~Exists(wanted.filter(**{key: OuterRef(key)})))
        graves = sequence.buried(since, business.id, [own.model])
        self.gone = graves.filter(~Exists(own.filter(**{key: OuterRef("row_id")})))

    def counted(self, *, using: str) -> tuple[int, int]:
        """How many upserts, and how many tombstones they need."""
        rows_gone = Count("row_id", distinct=True)
        gone = self.gone.using(using).aggregate(rows=rows_gone)["rows"]
        left = self.left.using(using).count()
        return self.upserts.using(using).count(), gone + left

    def exist(self) -> bool:
        return any(rows.exists() for rows in (self.upserts, self.gone, self.left))


def settled(spec: ExportSpec, *, sort_named: bool) -> ExportSpec:
    """The spec with its rows in the order of their keys.

    :param sort_named: whether it was asked for in an order.
    :raises Invalid: files of changes could not be put together again, and why.
    """
    problems = Problems()
    if spec.query is not None or not spec.dataset.follows:
        name = spec.dataset.name
        message = f"is {name}, whose rows have no changes of their own to be followed"
        problems.add("export_type", message)
        problems.settle()
    key = SortKey(spec.dataset.key_column, descending=False)
    _check_file(spec, problems)
    _check_columns(spec, problems)
    if sort_named and spec.sort != (key,):
        message = f"must be left out: changes come in the order of {key.column.name}"
        problems.add("sort_by", message)
    if spec.date_range is not None:
        problems.add(
            "filters.date_range",
            "must be left out: rows would leave it without a change; send time_range",
        )
    if spec.max_rows is not None:
        problems.add("max_rows", "must be left out: all that has changed is exported")
    problems.settle()
    return replace(spec, sort=(key,))


def _check_file(spec: ExportSpec, problems: Problems) -> None:
    if spec.format not in FORMATS:
        message = f"is not one that changes are exported in: {', '.join(FORMATS)}"
        problems.add("format", message)
    if spec.compression is not None:
        problems.add("compression", "must be false: changes are applied to plain files")
    if spec.include_metadata:
        problems.add("include_metadata", "must be false: it differs with each export")
    if spec.options.get("null") in {UPSERT, DELETE}:
        problems.add("options.null", "must not be what an operation is called")


def _check_columns(spec: ExportSpec, problems: Problems) -> None:
    if key_place(spec) is None:
        name = spec.dataset.key_column.name
        problems.add("columns", f"must have {name}, as it is: it tells rows apart")
    if any(selected.label == OPERATION.label for selected in spec.columns):
        message = f"must have no label '{OPERATION.label}': it names the operation"
        problems.add("columns", message)


def key_place(spec: ExportSpec) -> int | None:
    """Which of the columns is the key, as it is; None: no one."""
    key = spec.dataset.key_column
    places = (
        place
        for place, selected in enumerate(spec.columns)
        if selected.column is key and not selected.transform
    )
    return next(places, None)


def with_tombstones(
    blocks: Iterable[Block], gone: Iterable[str], *, place: int, width: int
) -> Iterator[Block]:
    """Both in the order of their keys, the operation before the other columns.

    :param gone: keys, in order.
    :param place: of the key in the blocks, which are of this width.
    """
    upserts: Iterator[tuple[str | None, ...]] = (
        (UPSERT, *row) for block in blocks for row in zip(*block, strict=True)
    )
    before, after = (None,) * place, (None,) * (width - place - 1)
    graves = ((DELETE, *before, key, *after) for key in gone)
    rows = merge(upserts, graves, key=itemgetter(place + 1))
    while batch := list(islice(rows, BLOCK_ROWS)):
        yield list(map(list, zip(*batch, strict=True)))
