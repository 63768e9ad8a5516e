"""Which columns a file has, in which order its rows come, and how cells are treated."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import F, OrderBy

from customers.clearance import Clearance
from customers.view360.exact import CodePoints
from exports.pipeline import transforms
from exports.pipeline.columns import ColumnType, OutColumn
from exports.pipeline.datasets.base import Column, Dataset
from exports.pipeline.problems import Problems
from exports.pipeline.registry import unknown
from exports.pipeline.transforms import BadTransform, Treatment

MAX_COLUMNS: Final = 100
MAX_LABEL: Final = 200
_KEYS: Final = frozenset({"name", "label", "transform"})


@dataclass(frozen=True, slots=True)
class Selected:
    """A column of the file: where it comes from, and what is done to it.

    :ivar clearance: of whoever asks for it.
    """

    column: Column
    label: str
    clearance: Clearance
    transform: str | None = None

    def treatment(self, *, pseudonym_key: bytes) -> Treatment:
        column = self.column
        # The label is the column's name in the file: one may be chosen twice.
        out = OutColumn(self.label, self.label, column.type, column.scale)
        return transforms.decide(
            out,
            self.transform,
            kind=column.clearance,
            clearance=self.clearance,
            pseudonym_key=pseudonym_key,
        )

    def as_json(self) -> dict[str, str]:
        chosen = {"name": self.column.name, "label": self.label}
        return chosen | ({"transform": self.transform} if self.transform else {})


@dataclass(frozen=True, slots=True)
class SortKey:
    column: Column
    descending: bool

    def expression(self) -> OrderBy:
        path = F(self.column.path)
        key = CodePoints(path) if self.column.type is ColumnType.TEXT else path
        # Columns that are never null leave the clause out, so that an index serves.
        last = True if self.column.nullable else None
        return OrderBy(key, descending=self.descending, nulls_last=last)


def parse_columns(
    items: Any, dataset: Dataset, clearance: Clearance, problems: Problems
) -> tuple[Selected, ...]:
    """The chosen columns; the dataset's own ones, as far as may be seen, when None."""
    if items is None:
        return tuple(
            Selected(column, column.name, clearance)
            for column in dataset.columns
            if column.clearance <= clearance
        )
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_COLUMNS:
        problems.add("columns", f"must be a list of 1 to {MAX_COLUMNS} columns")
        return ()
    found = [
        _column(item, f"columns[{index}]", dataset, clearance, problems)
        for index, item in enumerate(items)
    ]
    chosen = [selected for selected in found if selected]
    labels = [selected.label for selected in chosen]
    for label in dict.fromkeys(item for item in labels if labels.count(item) > 1):
        problems.add(
            "columns", f"has the label '{label[:80]}' twice: labels are unique"
        )
    return tuple(chosen)


def _column(
    item: Any,
    field: str,
    dataset: Dataset,
    clearance: Clearance,
    problems: Problems,
) -> Selected | None:
    wanted = {"name": item} if isinstance(item, str) else item
    if not isinstance(wanted, dict) or set(wanted) - _KEYS or "name" not in wanted:
        problems.add(
            field, "must be a column's name, or an object with name, label, transform"
        )
        return None
    name = wanted["name"]
    if not isinstance(name, str) or name not in dataset.by_name:
        hint = unknown("column", str(name), list(dataset.by_name))
        problems.add(field, f"names an {hint}")
        return None
    label = wanted.get("label")
    # An empty one stands for none: templates that are kept may have it.
    label = name if label is None or label == "" else label
    if not isinstance(label, str) or len(label) > MAX_LABEL:
        problems.add(
            f"{field}.label", f"must be a text of at most {MAX_LABEL} characters"
        )
        return None
    column, transform = dataset.by_name[name], wanted.get("transform")
    return _checked(Selected(column, label, clearance, transform), field, problems)


def _checked(selected: Selected, field: str, problems: Problems) -> Selected | None:
    transform: Any = selected.transform  # as it came
    if transform is None:
        return selected
    if not isinstance(transform, str) or len(transform) > 4000:
        problems.add(
            f"{field}.transform", "must be a text such as upper or truncate:20"
        )
        return None
    try:
        # As if it were seen: what is wrong is told whether it may be or not.
        replace(selected, clearance=Clearance.SENSITIVE).treatment(pseudonym_key=b"")
    except BadTransform as error:
        problems.add(f"{field}.transform", str(error))
        return None
    return selected


def parse_sort(
    items: Any, order: str, dataset: Dataset, problems: Problems
) -> tuple[SortKey, ...]:
    """The sort keys; the time column when None; a sign of its own beats ``order``."""
    items = [dataset.time_column] if items is None else items
    if not isinstance(items, list) or not len(items) <= 10:
        problems.add("sort_by", "must be a list of at most 10 columns")
        return ()
    keys = [
        _sort_key(item, f"sort_by[{index}]", order, dataset, problems)
        for index, item in enumerate(items)
    ]
    return tuple(key for key in keys if key)


def _sort_key(
    item: Any, field: str, order: str, dataset: Dataset, problems: Problems
) -> SortKey | None:
    sortable = [column.name for column in dataset.columns if column.sortable]
    name = item.lstrip("+-") if isinstance(item, str) else ""
    if name not in sortable or len(str(item)) > len(name) + 1:
        hint = unknown("column", str(item), sortable)
        problems.add(field, f"names no column that can be sorted: {hint}")
        return None
    descending = order == "desc" if item == name else item.startswith("-")
    return SortKey(dataset.by_name[name], descending)


def order(keys: Sequence[SortKey], dataset: Dataset) -> list[OrderBy]:
    """With the primary key last, so that the order of rows is always the same."""
    ordered = [key.expression() for key in keys]
    if all(key.column.path != dataset.key for key in keys):
        ordered.append(OrderBy(F(dataset.key)))
    return ordered
