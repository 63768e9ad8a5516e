"""What an export would be, without making one: its first rows, and how large it is."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from customers.clearance import Clearance
from customers.models import Business
from exports.conf import knob, max_bytes
from exports.pipeline import ranges
from exports.pipeline.columns import Block
from exports.pipeline.datasets.base import Column
from exports.pipeline.query.compile import compiled_here
from exports.pipeline.query.reading import open_reading
from exports.pipeline.ranges import TimeRange
from exports.pipeline.renderers.base import Renderer
from exports.pipeline.run import Plan, Run
from exports.pipeline.spec import ExportSpec

ROWS: Final = 20
_SAMPLE_ROWS: Final = 500
"""Enough for a compressor to show what it saves."""


@dataclass(frozen=True, slots=True)
class Preview:
    """:ivar rows: label -> the value's text, or None.

    :ivar estimated_rows: exact at the moment of the preview.
    :ivar estimated_bytes: by the bytes a row of the first rows; exact when few.
    """

    columns: list[str]
    rows: list[dict[str, str | None]]
    estimated_rows: int
    estimated_bytes: int
    fits_immediate: bool


@dataclass(frozen=True, slots=True)
class QueryCheck:
    """:ivar sql: the query as it was understood.

    :ivar estimated_rows: exact at the moment of the check.
    """

    sql: str
    columns: tuple[Column, ...]
    estimated_rows: int


class _Sample(Run):
    """A run that keeps the cells of its first rows as the renderer meets them."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.labels: list[str] = []
        self.rows: list[dict[str, str | None]] = []

    def measure(self) -> int:
        """Bytes of the file."""
        with closing(self.chunks()) as chunks:
            return sum(map(len, chunks))

    def _proved(self, renderer: Renderer, blocks: Iterable[Block]) -> Iterator[bytes]:
        self.labels = [column.label for column in renderer.columns]
        return super()._proved(renderer, self._kept(blocks))

    def _kept(self, blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            for cells in zip(*block, strict=True):
                if len(self.rows) == ROWS:
                    break
                self.rows.append(dict(zip(self.labels, cells, strict=True)))
            yield block


def look(spec: ExportSpec, business: Business, *, now: datetime) -> Preview:
    """Reads the first rows; stores nothing.

    :raises ExportError: as an export of the spec would fail on them.
    """
    # Its rows are shown in clear, and a password hardly changes the size.
    spec = replace(spec, password=None)
    plan = Plan(spec=spec, business=business, time_range=_range(spec, business, now))
    sample = _sample(plan, _SAMPLE_ROWS)
    size = sample.measure()
    limit = spec.max_rows
    rows = sample.found if limit is None else min(sample.found, limit)
    if rows > sample.written:
        fixed = _sample(plan, 0).measure()
        size = fixed + (size - fixed) * rows // sample.written
    fits = rows <= int(knob("IMMEDIATE_MAX_ROWS"))
    return Preview(
        columns=sample.labels,
        rows=sample.rows,
        estimated_rows=rows,
        estimated_bytes=size,
        fits_immediate=fits and size <= max_bytes(spec.format, background=False),
    )


def check_query(text: str, business: Business, *, clearance: Clearance) -> QueryCheck:
    """Counts its rows; reads and stores none.

    :raises QueryRefused: it is not of the dialect, or takes too long.

    :raises Forbidden: it chooses or orders rows by what may not be seen.
    """
    query = compiled_here(text, business_id=business.id, clearance=clearance)
    with open_reading(business.id) as reading:
        rows = reading.count(query)
    return QueryCheck(query.normalised, query.columns, rows)


def _sample(plan: Plan, most: int) -> _Sample:
    limit = plan.spec.max_rows
    most = most if limit is None else min(most, limit)
    return _Sample(replace(plan, spec=replace(plan.spec, max_rows=most)))


def _range(spec: ExportSpec, business: Business, now: datetime) -> TimeRange:
    wanted = spec.time_range or TimeRange()
    if spec.date_range is None:
        return wanted
    named = ranges.resolve(spec.date_range, zone=business.time_zone, now=now)
    return wanted.within(named)
