"""System checks: what imports by name cannot tell, and what a PDF needs."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from exports.conf import knob
from exports.delivery import CHANNELS
from exports.pipeline.datasets import DATASETS
from exports.pipeline.registry import Table
from exports.pipeline.renderers import RENDERERS
from exports.pipeline.sinks.encrypt import ENCRYPTORS
from exports.pipeline.sinks.storage import STORAGES
from exports.runs import RUNS

_TABLES: tuple[Table[Any], ...] = (
    *(DATASETS, RENDERERS, RUNS, ENCRYPTORS, CHANNELS, STORAGES),
)


@register()
def tables(**_: Any) -> list[CheckMessage]:
    return [
        Error(f"the {table.kind} '{name}' has no module", id="exports.E001")
        for table in _TABLES
        for name in table.misplaced()
    ]


@register()
def template_resolver(**_: Any) -> list[CheckMessage]:
    path = knob("TEMPLATE_RESOLVER")
    try:
        import_string(path)
    except ImportError as error:
        return [Error(f"TEMPLATE_RESOLVER '{path}': {error}", id="exports.E002")]
    return []
