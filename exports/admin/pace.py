"""How fast a run is, and how long it may take yet."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from exports.models import ExportFile, ExportJob
from exports.states import JobStatus

_TELLING_ROWS: Final = 1000
# Where nothing has been measured yet: half of what docs/benchmarks.md has.
USUAL: Final = {
    "csv": 36_000,
    "tsv": 38_000,
    "json": 52_000,
    "ndjson": 51_000,
    "yaml": 38_000,
    "xml": 33_000,
    "parquet": 49_000,
    "excel": 23_000,
    "pdf": 600,
}
"""Rows a second by format."""


@dataclass(frozen=True, slots=True)
class Pace:
    """:ivar rate: rows a second, since the run began.

    :ivar seconds_left: as if it went on so; None while nobody can tell.
    """

    rate: float | None = None
    seconds_left: float | None = None


def pace(job: ExportJob, *, now: datetime) -> Pace:
    if job.status != JobStatus.PROCESSING or job.started_at is None:
        return Pace()
    seconds = (now - job.started_at).total_seconds()
    if seconds <= 0 or not job.rows_written:
        return Pace()
    rate = job.rows_written / seconds
    if job.rows_expected is None:
        return Pace(rate)
    return Pace(rate, max(0, job.rows_expected - job.rows_written) / rate)


def rates(files: Iterable[ExportFile]) -> dict[str, float]:
    """Rows a second by format, as these files were made; small ones tell nothing."""
    rows: dict[str, int] = defaultdict(int)
    seconds: dict[str, float] = defaultdict(float)
    for file in files:
        if file.row_count >= _TELLING_ROWS and file.seconds > 0:
            rows[file.job.format] += file.row_count
            seconds[file.job.format] += file.seconds
    return {name: rows[name] / seconds[name] for name in rows}
