"""Figures of the dashboard: each leads to the list of exactly the rows behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from exports.admin.summing import Percentiles, Sums


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, and the list that it is of.

    :ivar measure: what the value is of the rows in that list: their count, rows, bytes,
        p50, p95, or for how long the oldest of them has waited.
    """

    measure: str
    value: float
    link: str

    @property
    def text(self) -> str:
        if self.measure == "bytes":
            return filesizeformat(self.value)
        if self.measure == "oldest":
            minutes, seconds = divmod(round(self.value), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        if self.measure in {"p50", "p95"}:
            return _("%(seconds)s s") % {"seconds": number_format(self.value, 2)}
        return number_format(self.value, 0, force_grouping=True)


@dataclass(frozen=True)
class Links:
    """A list, narrowed by what all of a part's figures share."""

    model: type[Model]
    narrowed: Mapping[str, str]

    @cached_property
    def _address(self) -> str:
        kind = self.model._meta
        return reverse(f"admin:{kind.app_label}_{kind.model_name}_changelist")

    def to(self, narrowed: Mapping[str, Any] | None = None) -> str:
        return f"{self._address}?{urlencode({**self.narrowed, **(narrowed or {})})}"

    def count(self, number: int, **narrowed: Any) -> Figure | None:
        """None of nothing: there is no list to lead to."""
        return Figure("count", number, self.to(narrowed)) if number else None

    def of_files(self, sums: Sums, **narrowed: Any) -> dict[str, Figure | None]:
        """Rows and bytes."""
        link = self.to({**narrowed, "with": "file"})
        return {
            "rows": Figure("rows", sums.rows, link) if sums.rows else None,
            "bytes": Figure("bytes", sums.size, link) if sums.size else None,
        }

    def of_times(
        self, found: Percentiles | None, **narrowed: Any
    ) -> dict[str, Figure | None]:
        link = self.to({**narrowed, "with": "times"})
        return {
            "p50": Figure("p50", found.p50, link) if found else None,
            "p95": Figure("p95", found.p95, link) if found else None,
        }
