"""The run of a job that is part of a chain: all rows, or what has changed of them."""

from collections.abc import Generator, Iterator
from contextlib import closing
from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from customers import sequence
from customers.clearance import Clearance
from exports.deltas.links import FIELD, Link
from exports.pipeline import changes
from exports.pipeline.changes import OPERATION, Changed
from exports.pipeline.columns import Block, ColumnType, OutColumn
from exports.pipeline.datasets.base import Column
from exports.pipeline.rows import ALIAS
from exports.pipeline.run import Plan, Watch
from exports.works import DatasetRun

if TYPE_CHECKING:
    from customers.sequence import Mark

_ROW_ID: Final = Column("row_id", ColumnType.UUID, Clearance.PUBLIC, "What is gone")


class DeltaRun(DatasetRun):
    """All rows, or the changes since the export before.

    The mark is taken in the snapshot that the rows are read in: what the one has not
    seen, the other has not. So no change is lost between two runs, or told twice.

    :ivar rows_after: of the full export of the same moment.
    """

    def __init__(self, plan: Plan, link: Link, watch: Watch | None = None) -> None:
        super().__init__(plan, watch)
        self.link = link
        self.mark: Mark | None = None
        self.upserts = self.tombstones = self.rows_after = 0
        self.changed: Changed | None = None
        """None: it is of all rows."""
        if link.since is not None:
            dataset, business = plan.spec.dataset, plan.business
            self.changed = Changed(dataset, business, plan.rows(), link.since)

    @property
    def labels(self) -> list[str]:
        return [OPERATION.label, *super().labels] if self.changed else super().labels

    def account(self) -> dict[str, Any]:
        told = self.link.as_json() | {
            "kind": self.link.kind,
            "mark": self.mark and self.mark.as_json(),
            "upserts": self.upserts,
            "tombstones": self.tombstones,
            "rows_after": self.rows_after,
        }
        return super().account() | {FIELD: told}

    def _found(self, snapshot: Any, rows: Any) -> int:
        tables = self.plan.spec.dataset.reads
        self.mark = sequence.take(self.plan.business.id, tables, using=ALIAS)
        self.rows_after = self.upserts = super()._found(snapshot, rows)
        if self.changed is not None:
            self.upserts, self.tombstones = self.changed.counted(using=ALIAS)
        return self.upserts + self.tombstones

    def _headed(self) -> list[OutColumn]:
        return [OPERATION, *super()._headed()] if self.changed else super()._headed()

    def _blocks(self, snapshot: Any, rows: Any) -> Generator[Block, None, None]:
        if self.changed is None:
            yield from super()._blocks(snapshot, rows)
            return
        place = changes.key_place(self.plan.spec) or 0
        with (
            closing(super()._blocks(snapshot, self.changed.upserts)) as upserts,
            closing(self._keys_gone(snapshot, self.changed)) as gone,
        ):
            for block in changes.with_tombstones(
                upserts, gone, place=place, width=len(self.treatments)
            ):
                yield block
                self.watch.wrote(self.written)

    def _keys_gone(self, snapshot: Any, changed: Changed) -> Generator[str, None, None]:
        """In order, each once."""
        read, size = snapshot.blocks, self.plan.spec.batch_size
        key = self.plan.spec.dataset.key_column
        with (
            closing(
                read(changed.gone.order_by("row_id"), [_ROW_ID], batch_size=size)
            ) as gone,
            closing(
                read(changed.left.order_by(key.path), [key], batch_size=size)
            ) as left,
        ):
            for each, _ in groupby(merge(_cells(gone), _cells(left))):
                self.written += 1
                yield each


def _cells(blocks: Iterator[Block]) -> Iterator[str]:
    return (cell or "" for (cells,) in blocks for cell in cells)
