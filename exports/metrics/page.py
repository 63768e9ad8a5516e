"""All of it as one page of Prometheus' text format."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.conf import settings
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from exports.metrics.tables import Tables


class _Parts(Collector):
    def __init__(self, parts: Mapping[str, bool]) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        told = "Whether what the service stands on answers"
        up = GaugeMetricFamily("kyb_part_up", told, labels=["part"])
        for name, answers in self._parts.items():
            up.add_metric([name], answers)
        yield up


def text(*, parts: Mapping[str, bool], now: datetime) -> bytes:
    """:param parts: what the service stands on -> whether it answers."""
    registry = CollectorRegistry()
    registry.register(_Parts(parts))
    registry.register(Tables(now=now))
    MultiProcessCollector(registry, path=settings.METRICS_DIR)  # type: ignore[no-untyped-call] # the library annotates the rest
    return generate_latest(registry)
