"""What a job's run is to those who follow, store and sign it, whatever it makes."""

from collections.abc import Generator, Mapping
from datetime import datetime
from math import ceil
from typing import Any, Protocol

from customers.clearance import Clearance
from exports.pipeline.run import Run, Watch
from exports.pipeline.sinks.packaging import Packaging
from exports.pipeline.spec import ExportSpec
from exports.pipeline.transforms import by_class


class Work(Protocol):
    """One run of a job; its figures are true once ``chunks`` has been read out.

    :ivar watch: told of each step, and may stop the run by raising.
    """

    watch: Watch

    @property
    def spec(self) -> ExportSpec | None:
        """Of rows of a dataset; None: it makes something else."""

    @property
    def found(self) -> int: ...

    @property
    def expected(self) -> int: ...

    @property
    def written(self) -> int: ...

    @property
    def completeness(self) -> str: ...

    @property
    def snapshot_at(self) -> datetime | None: ...

    @property
    def seconds(self) -> Mapping[str, float]: ...

    @property
    def batches(self) -> int: ...

    @property
    def packaging(self) -> Packaging: ...

    @property
    def labels(self) -> list[str]:
        """Of the file's columns; empty when it is no table."""

    @property
    def discloses(self) -> Clearance:
        """The highest class that a reader of the file learns something of."""

    def chunks(self) -> Generator[bytes, None, None]:
        """:raises Incomplete: the file would be short; what was yielded is no file."""

    def account(self) -> dict[str, Any]:
        """Of the manifest: the time range, the dataset, what became of each column."""


class DatasetRun(Run):
    """Rows of a dataset."""

    @property
    def spec(self) -> ExportSpec:
        return self.plan.spec

    @property
    def batches(self) -> int:
        return ceil(self.written / self.spec.batch_size)

    @property
    def packaging(self) -> Packaging:
        return self.plan.packaging({})

    @property
    def labels(self) -> list[str]:
        return [selected.label for selected in self.spec.columns]

    @property
    def discloses(self) -> Clearance:
        """Of what is not masked, and of what rows were chosen or ordered by."""
        if self.spec.query is not None:
            return self.spec.query.discloses
        chosen = zip(self.spec.columns, self.treatments, strict=True)
        used = [item.column for item, treatment in chosen if not treatment.masked]
        used += [condition.column for condition in self.spec.conditions]
        used += [key.column for key in self.spec.sort]
        return max((column.clearance for column in used), default=Clearance.PUBLIC)

    def account(self) -> dict[str, Any]:
        dataset, encryption = self.spec.dataset, self.spec.encryption
        return {
            "time_range": self.plan.time_range.as_json(),
            "dataset": {"name": dataset.name, "version": dataset.version} | self._query,
            "columns": [self._column(place) for place in range(len(self.treatments))],
            "left_out": self._left_out(),
            "encryption": encryption.as_json() if encryption else None,
        }

    @property
    def _query(self) -> dict[str, str]:
        """Of a custom one: as it was understood."""
        query = self.spec.query
        return {"query": query.normalised} if query else {}

    def _left_out(self) -> list[dict[str, str]]:
        """Columns of the dataset that who asked may not see, and did not ask for."""
        chosen = {selected.column for selected in self.spec.columns}
        clearance = self.spec.columns[0].clearance
        return [
            {
                "name": column.name,
                "class": column.clearance.label,
                "rule": by_class(column.clearance, clearance),
            }
            for column in self.spec.dataset.columns
            if column.clearance > clearance and column not in chosen
        ]

    def _column(self, place: int) -> dict[str, Any]:
        """With its class, its treatment, and what happened to cells of it."""
        selected, treatment = self.spec.columns[place], self.treatments[place]
        return {
            "name": selected.column.name,
            "label": selected.label,
            "class": selected.column.clearance.label,
            "treatment": treatment.named,
            "rule": treatment.rule,
            "cells": {
                what: count
                for (name, what), count in sorted(self.tally.counts.items())
                if name == selected.label
            },
        }
