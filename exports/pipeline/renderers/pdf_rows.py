"""What both ways to a PDF show: columns with their labels, rows, metadata as rows."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from exports.pipeline.columns import ColumnType, OutColumn
from exports.pipeline.renderers.base import RenderContext
from exports.pipeline.renderers.pdf_text import plain

Rows = Sequence[Sequence[str]]

METADATA_COLUMNS: Final = (
    OutColumn("key", "Key", ColumnType.TEXT),
    OutColumn("value", "Value", ColumnType.TEXT),
)


def labels(columns: Sequence[OutColumn]) -> list[str]:
    return [plain(column.label, limit=120) for column in columns]


def title(context: RenderContext) -> str:
    return plain(context.title or context.dataset, limit=300)


def subtitle(columns: Sequence[OutColumn], *, rows: int) -> str:
    return f"{_count(rows, 'row')} · {_count(len(columns), 'column')}"


def metadata_cells(metadata: Mapping[str, Any]) -> list[list[str | None]]:
    """Column-major: the keys, the values."""
    return [list(metadata), [_value(value) for value in metadata.values()]]


def _value(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
