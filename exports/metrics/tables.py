"""The figures that the tables hold, as Prometheus takes them; read anew each time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.db import Error
from django.db.models import Count, Min
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from exports.metrics.ended import BOUNDS, ENDED, Kind, Sums, Totals, added
from exports.models import ExportJob, Worker
from exports.models.jobs import BULK, INTERACTIVE

_QUEUES: Final = (INTERACTIVE, BULK)


class Tables(Collector):
    def __init__(self, *, now: datetime) -> None:
        self._now = now

    def collect(self) -> Iterator[Metric]:
        found: list[Metric] = []
        # Without the database, what the processes counted is told all the same.
        with suppress(Error):
            found = [*_exports(ENDED.totals(now=self._now)), *_jobs(now=self._now)]
        yield from found


def _exports(totals: Totals) -> Iterator[Metric]:
    ended = CounterMetricFamily(
        "kyb_exports", "Exports that have ended", labels=[*_snake(Kind._fields)]
    )
    for kind, sums in totals.items():
        ended.add_metric(list(kind), sums.exports)
    yield ended
    complete = {kind: sums for kind, sums in totals.items() if kind.is_complete}
    rows = CounterMetricFamily(
        "kyb_export_rows", "Rows of complete exports", labels=["type", "format"]
    )
    size = CounterMetricFamily(
        "kyb_export_bytes", "Bytes of complete exports", labels=["type", "format"]
    )
    for labels, sums in _by(complete, "export_type", "format"):
        rows.add_metric(labels, sums.rows)
        size.add_metric(labels, sums.size)
    yield from (rows, size)
    seconds = HistogramMetricFamily(
        "kyb_export_seconds",
        "Seconds from claim to end of complete exports",
        labels=["format", "mode"],
    )
    for labels, sums in _by(complete, "format", "mode"):
        seconds.add_metric(labels, _buckets(sums), sums.taken.total_seconds())
    yield seconds


def _snake(names: Iterable[str]) -> Iterator[str]:
    return ("type" if name == "export_type" else name for name in names)


def _by(totals: Totals, *names: str) -> Iterator[tuple[list[str], Sums]]:
    groups: dict[tuple[str, ...], list[Sums]] = defaultdict(list)
    for kind, sums in totals.items():
        groups[tuple(getattr(kind, name) for name in names)].append(sums)
    return ((list(labels), added(iter(sums))) for labels, sums in groups.items())


def _buckets(sums: Sums) -> list[tuple[str, float]]:
    bounds = [str(float(bound)) for bound in BOUNDS]
    return [*zip(bounds, sums.within, strict=True), ("+Inf", sums.exports)]


def _jobs(*, now: datetime) -> Iterator[Metric]:
    background = ExportJob.objects.background().order_by()
    waiting = {
        queue: (count, max((now - since).total_seconds(), 0.0))
        for queue, count, since in background.pending()
        .values_list("queue")
        .annotate(count=Count("pk"), since=Min("created_at"))
    }
    running = dict(
        background.processing().values_list("queue").annotate(count=Count("pk"))
    )
    number = _per_queue("kyb_jobs_waiting", "Jobs that wait")
    oldest = _per_queue(
        "kyb_jobs_oldest_waiting_seconds", "How long the oldest job has waited"
    )
    active = _per_queue("kyb_jobs_running", "Jobs that run")
    for queue in sorted({*_QUEUES, *waiting, *running}):
        count, seconds = waiting.get(queue, (0, 0.0))
        number.add_metric([queue], count)
        oldest.add_metric([queue], seconds)
        active.add_metric([queue], running.get(queue, 0))
    yield from (number, oldest, active)
    yield GaugeMetricFamily(
        "kyb_workers_seen",
        "Workers seen in the last minute",
        value=Worker.objects.seen_lately().count(),
    )


def _per_queue(name: str, told: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, labels=["queue"])
