"""From a spec to the bytes of its file: read, treat, render, prove complete.

Nothing here knows of jobs, requests or workers; a ``Watch`` tells them what happens
and may stop the run by raising.
"""

import gc
import hmac
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from django.conf import settings
from django.db.models import QuerySet

from customers.models import Business
from exports.conf import knob
from exports.errors import Incomplete, SizeExceeded
from exports.pipeline import filters, selection, transforms
from exports.pipeline.columns import Block, OutColumn, Tally
from exports.pipeline.datasets.base import Column
from exports.pipeline.query.compile import Compiled
from exports.pipeline.query.reading import Reading, open_reading
from exports.pipeline.ranges import TimeRange
from exports.pipeline.renderers.base import RenderContext, Renderer
from exports.pipeline.rows import Snapshot, open_snapshot
from exports.pipeline.sinks.packaging import Packaging
from exports.pipeline.spec import ExportSpec
from exports.pipeline.transforms import Treatment

if TYPE_CHECKING:
    from datetime import datetime

_NEW_OBJECTS: Final = 50_000
"""Between two looks for unreachable cycles."""
QUERYING, TRANSFORMING, GENERATING, STORING = 2, 3, 4, 5


class Watch(Protocol):
    """Whoever follows a run; each call may raise to stop it."""

    def step(self, number: int) -> None: ...

    def counted(self, expected: int) -> None: ...

    def wrote(self, rows: int) -> None: ...


class Unwatched:
    """A run that nobody follows."""

    def step(self, number: int) -> None:
        del number

    def counted(self, expected: int) -> None:
        del expected

    def wrote(self, rows: int) -> None:
        del rows


@dataclass(frozen=True, slots=True)
class Plan:
    """:ivar time_range: absolute and relative range together, resolved.

    :ivar head: what ``include_metadata`` tells of who asked and when.

    :ivar scratch_bytes: at most, of a file that is built before it is encrypted.
    """

    spec: ExportSpec
    business: Business
    time_range: TimeRange
    head: Mapping[str, Any] = field(default_factory=dict)
    scratch_bytes: int | None = None

    def treatments(self) -> list[Treatment]:
        key = pseudonym_key(self.business.id)
        return [item.treatment(pseudonym_key=key) for item in self.spec.columns]

    def opened(self) -> AbstractContextManager[Snapshot | Reading]:
        """What it is counted and read in."""
        if self.spec.query is not None:
            return open_reading(self.business.id)
        return open_snapshot()

    def wanted(self) -> QuerySet[Any] | Compiled:
        """The rows of its dataset, or its query."""
        return self.spec.query or self.rows()

    def rows(self) -> QuerySet[Any]:
        """Filtered, not yet ordered or cut."""
        dataset, path = self.spec.dataset, self.spec.dataset.range_path
        rows = dataset.rows(self.business)
        if self.time_range.start:
            rows = rows.filter(**{f"{path}__gte": self.time_range.start})
        if self.time_range.end:
            rows = rows.filter(**{f"{path}__lt": self.time_range.end})
        rows = dataset.in_range(rows, self.business)
        return filters.apply(rows, self.spec.conditions)

    def packaging(self, metadata: Mapping[str, Any] | None = None) -> Packaging:
        renderer = self.spec.renderer
        beside = None
        if self.spec.include_metadata and not renderer.embeds_metadata:
            beside = metadata or {}
        return Packaging(
            stem=self.spec.export_type,
            extension=renderer.extension,
            media_type=renderer.media_type,
            compression=self.spec.compression,
            beside=beside,
            password=self.spec.password,
            encryption=renderer.encryption,
            scratch_bytes=self.scratch_bytes,
        )


def pseudonym_key(business_id: str) -> bytes:
    """Of one business: the same value has another pseudonym in another business."""
    secret = (settings.PSEUDONYM_KEY or settings.SECRET_KEY).encode()
    return hmac.new(secret, b"pseudonym:" + business_id.encode(), sha256).digest()


class Run:
    """One run of a plan; its figures are true once ``chunks`` has been read out."""

    def __init__(self, plan: Plan, watch: Watch | None = None) -> None:
        self.plan = plan
        self.watch = watch or Unwatched()
        self.tally = Tally()
        self.treatments = plan.treatments()
        self.found = self.expected = self.written = 0
        self.snapshot_at: datetime | None = None
        self.seconds: dict[str, float] = {}

    @property
    def completeness(self) -> str:
        return "limited" if self.expected < self.found else "complete"

    def chunks(self) -> Generator[bytes, None, None]:
        """:raises Incomplete: the file would be short; what was yielded is no file.

        :raises SizeExceeded: more rows than this installation exports.
        """
        self.watch.step(QUERYING)
        with self.plan.opened() as snapshot, _seldom_collecting():
            self.snapshot_at = snapshot.taken_at
            rows = self.plan.wanted()
            self._count(snapshot, rows)
            metadata = self._metadata()
            renderer = self._renderer(metadata)
            # An error that stops the run would keep the cursor until it is forgotten;
            # an open one holds SQLite's snapshot whatever becomes of the transaction.
            with closing(self._blocks(snapshot, rows)) as blocks:
                rendered = self._proved(renderer, blocks)
                yield from self.plan.packaging(metadata).wrap(rendered)

    def _count(self, snapshot: Any, rows: QuerySet[Any] | Compiled) -> None:
        with self._timed("count"):
            self.found = self._found(snapshot, rows)
        limit, most = self.plan.spec.max_rows, int(knob("MAX_ROWS"))
        self.expected = self.found if limit is None else min(self.found, limit)
        if self.expected > most:
            raise SizeExceeded(
                f"{self.found} rows were found and {most} is the most that is exported:"
                " narrow the filters or the time range, or set max_rows"
            )
        self.watch.counted(self.expected)
        self.watch.step(TRANSFORMING)

    def _found(self, snapshot: Any, rows: Any) -> int:
        return int(snapshot.count(rows))

    def _blocks(self, snapshot: Any, rows: Any) -> Generator[Block, None, None]:
        with closing(self._read(snapshot, rows)) as read:
            yield from transforms.apply(
                self._watched(read),
                self.treatments,
                guard_formulas=_guards(self.plan.spec),
                tally=self.tally,
            )

    def _read(
        self, snapshot: Any, rows: QuerySet[Any] | Compiled
    ) -> Generator[Block, None, None]:
        spec = self.plan.spec
        if isinstance(rows, Compiled):
            chosen = [selected.column.name for selected in spec.columns]
            reading = cast("Reading", snapshot)
            return reading.blocks(
                rows, chosen, batch_size=spec.batch_size, most=self.expected
            )
        ordered = rows.order_by(*selection.order(spec.sort, spec.dataset))
        return cast("Snapshot", snapshot).blocks(
            ordered[: self.expected] if self.completeness == "limited" else ordered,
            self._columns_read(),
            batch_size=spec.batch_size,
        )

    def _columns_read(self) -> list[Column]:
        """What is masked is not even read: the key stands in for it until then."""
        key = self.plan.spec.dataset.key_column
        return [
            key if treatment.masked else selected.column
            for selected, treatment in zip(
                self.plan.spec.columns, self.treatments, strict=True
            )
        ]

    def _watched(self, blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            if not self.written:
                self.watch.step(GENERATING)
            yield block
            self.written += len(block[0])
            self.watch.wrote(self.written)

    def _renderer(self, metadata: Mapping[str, Any] | None) -> Renderer:
        spec, dataset = self.plan.spec, self.plan.spec.dataset
        context = RenderContext(
            dataset=dataset.name,
            title=f"{self.plan.business.name}: {dataset.title}",
            options=spec.options,
            rows_expected=self.expected,
            include_headers=spec.include_headers,
            metadata=metadata,
            tally=self.tally,
            chart=dataset.chart,
        )
        return spec.renderer(self._headed(), context)

    def _headed(self) -> list[OutColumn]:
        """The columns with their labels, neutralised where cells are."""
        columns = [treatment.out for treatment in self.treatments]
        if not _guards(self.plan.spec):
            return columns
        return [transforms.safe_label(column) for column in columns]

    def _proved(self, renderer: Renderer, blocks: Iterable[Block]) -> Iterator[bytes]:
        with self._timed("render"):
            yield from renderer.render(blocks)
        if not self.expected == self.written == renderer.rows_closed:
            raise Incomplete(
                f"the file would be short: {self.expected} rows were counted,"
                f" {self.written} read, {renderer.rows_closed} written"
            )

    def _metadata(self) -> dict[str, Any] | None:
        if not self.plan.spec.include_metadata or self.snapshot_at is None:
            return None
        snapshot_at = self.snapshot_at.isoformat(timespec="microseconds")
        return {
            **self.plan.head,
            "snapshot_at": snapshot_at,
            "row_count": self.expected,
            "time_range": self.plan.time_range.as_json(),
            "filters": dict(self.plan.spec.raw_filters),
        }

    def _timed(self, name: str) -> "_Timer":
        return _Timer(self.seconds, name)


class _Timer:
    def __init__(self, seconds: dict[str, float], name: str) -> None:
        self._seconds, self._name = seconds, name

    def __enter__(self) -> None:
        self._started = perf_counter()

    def __exit__(self, *_: object) -> None:
        self._seconds[self._name] = perf_counter() - self._started


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Rows are thousands of tuples, none in a cycle, and die with their block.

    Looking for cycles after every 700 of them took a tenth of a run. The threshold
    is the process's: when runs end crosswise the higher one stays, and does no harm.
    """
    usual = gc.get_threshold()
    gc.set_threshold(max(usual[0], _NEW_OBJECTS), *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _guards(spec: ExportSpec) -> bool:
    escape: bool = spec.options.get("escape_formulas", True)
    return spec.renderer.runs_formulas and escape
