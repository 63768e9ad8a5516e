"""What a page of figures says, by a reader of the format itself."""

from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from exports import metrics

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


def figures(page: bytes | None = None) -> Figures:
    """Name and labels of each sample -> its value."""
    told = page or metrics.text(parts={"database": True}, now=timezone.now())
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(told.decode())
        for sample in family.samples
    }


def of(found: Figures, name: str, **labels: str) -> float | None:
    return found.get((name, frozenset(labels.items())))


def grown(before: Figures, after: Figures, name: str) -> dict[tuple[str, ...], float]:
    """What has grown of a name: values of its labels, by their names -> by how much."""
    return {
        tuple(value for _, value in sorted(labels)): value
        - before.get((each, labels), 0)
        for (each, labels), value in after.items()
        if each == name and value != before.get((each, labels), 0)
    }
