"""How many rows a long list has: counted up to a bound, and from there on estimated."""

import json
from functools import cached_property
from typing import Any, Final

from django.core.paginator import Paginator
from django.db import connections
from django.db.models import QuerySet

EXACT_UP_TO: Final = 100_000


class LongPaginator(Paginator[Any]):
    """On SQLite, which makes no estimates, every row is counted.

    :ivar known: how many there are, where a search has counted them.
    :ivar at_least: so many are there: estimated at once, not counted again.
    """

    template_name = "customers/admin/pages.html"
    is_estimated = False
    known: int | None = None
    at_least = 0

    @cached_property
    def count(self) -> int:
        if self.known is not None:
            return self.known
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        if connections[rows.db].vendor != "postgresql":
            return rows.count()
        return self._bounded(rows.order_by())

    def _bounded(self, rows: QuerySet[Any]) -> int:
        number = self.at_least or rows[: EXACT_UP_TO + 1].count()
        if not self.at_least and number <= EXACT_UP_TO:
            return number
        self.is_estimated = True
        [told] = json.loads(rows.explain(format="json"))
        return max(int(told["Plan"]["Plan Rows"]), number)
