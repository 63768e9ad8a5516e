"""Rows chosen in a list, as the spec of an export of these rows and of no others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from customers.admin.owned import BusinessFilter
from customers.clearance import Clearance
from customers.models import AuditLog, Company, Report, UserAccount, Verification
from exports.pipeline.datasets import DATASETS
from exports.pipeline.datasets.base import Column, Dataset
from exports.pipeline.filters import MAX_LIST

_EXACT: Final = "__exact"
_MOST_KEYS: Final = 10


class Refused(Exception):
    """Says why the rows cannot be exported as they were chosen."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list whose rows are those of a dataset.

    :ivar renamed: columns of the list that the dataset has under other names.
    """

    dataset_name: str
    renamed: Mapping[str, str] = field(default_factory=dict)

    @property
    def dataset(self) -> Dataset:
        return DATASETS[self.dataset_name]


LISTS: Final[Mapping[type[Model], Listed]] = {
    Company: Listed("business_data", {"business": "business_id"}),
    Verification: Listed("verifications", {"company": "business_name"}),
    Report: Listed("reports"),
    AuditLog: Listed("audit_logs"),
    UserAccount: Listed("user_data"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person sees, and what of it they chose.

    :ivar rows: chosen ones, in the order of the list.
    :ivar columns: of the list, as they stand.
    :ivar asked: what the address filters by; None: single rows were selected, or there
        is a search, which a spec has no words for.
    """

    rows: QuerySet[Any]
    columns: Sequence[str]
    asked: Mapping[str, Sequence[str]] | None

    def spec(self, *, business_id: str, clearance: Clearance) -> dict[str, Any]:
        """What New export opens with.

        :raises Refused: they are too many to be named one by one.
        """
        listed = LISTS[self.rows.model]
        seen = [each for each in listed.dataset.columns if each.clearance <= clearance]
        return {
            "business_id": business_id,
            "export_type": listed.dataset_name,
            "columns": self._columns(listed, seen),
            "filters": self._filters(listed.dataset),
            "sort_by": self._sort(seen),
            "sort_order": "asc",
        }

    def _columns(self, listed: Listed, seen: Iterable[Column]) -> list[str]:
        known = {each.name for each in seen}
        wanted = (listed.renamed.get(name, name) for name in self.columns)
        return [name for name in wanted if name in known]

    def _filters(self, dataset: Dataset) -> dict[str, Any]:
        said = None if self.asked is None else self._said(self.asked, dataset)
        if said is not None:
            return said
        keys = keys_of(self.rows, most=MAX_LIST)
        return {f"{dataset.key_column.name}_in": [str(key) for key in keys]}

    def _said(
        self, asked: Mapping[str, Sequence[str]], dataset: Dataset
    ) -> dict[str, Any] | None:
        """None: something is asked that filters cannot say with the same meaning."""
        found: dict[str, Any] = {}
        for name, values in asked.items():
            # The rows are of one business by now, so all of it is within this filter.
            if name == BusinessFilter.parameter_name:
                continue
            column = self._column(name.removesuffix(_EXACT), dataset.columns)
            is_plain = name.endswith(_EXACT) and column and column.filterable
            if not is_plain or not set(values) <= self._choices(name):
                return None
            found[column.name] = values[0] if len(values) == 1 else list(values)  # type: ignore[union-attr] # looked at above
        return found

    def _choices(self, name: str) -> set[str]:
        choices: Any = self.rows.model._meta.get_field(name.removesuffix(_EXACT))
        return {value for value, _ in choices.flatchoices}

    def _sort(self, seen: Iterable[Column]) -> list[str]:
        """Without the business, which is the same in all rows."""
        sortable = [each for each in seen if each.sortable]
        keys: dict[str, str] = {}
        for key in self.rows.query.order_by:
            name = key.lstrip("+-") if isinstance(key, str) else ""
            column = self._column(name, sortable)
            if column and column.path != "business_id":
                sign = "-" if str(key).startswith("-") else ""
                keys.setdefault(column.name, f"{sign}{column.name}")
        return list(keys.values())[:_MOST_KEYS]

    def _column(self, name: str, columns: Iterable[Column]) -> Column | None:
        """That which holds the field of the list's model."""
        meta: Any = self.rows.model._meta
        try:
            path = meta.pk.attname if name == "pk" else meta.get_field(name).attname
        except (AttributeError, FieldDoesNotExist):
            return None
        return next((each for each in columns if each.path == path), None)


def business_of(rows: QuerySet[Any]) -> str:
    """:raises Refused: there are no rows, or those of several businesses."""
    owners = rows.order_by().values_list("business_id", flat=True)
    first = next(iter(owners[:1]), None)
    if first is None:
        raise Refused(_("There are no such rows any more."))
    if owners.exclude(business_id=first).exists():
        raise Refused(
            _(
                "The rows are of several businesses, and an export is of one: choose a"
                " business in the filter first."
            )
        )
    return str(first)


def keys_of(rows: QuerySet[Any], *, most: int) -> list[UUID]:
    """:raises Refused: there are more."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[: most + 1])
    if len(keys) > most:
        raise Refused(
            _(
                "A search, or rows one by one, are exported up to %(most)s rows, and"
                " these are more: narrow the search, or use filters alone."
            )
            % {"most": most}
        )
    return keys
