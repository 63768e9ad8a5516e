"""CSV: a row of profile and metrics, an empty line, then a table of orders.

An order is a row, with the number of its lines; the lines themselves, the notes and
the analytics have no place in a flat file: JSON and the workbook hold them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext

from customers.view360.shape import View
from exports.customer360.fields import (
    CHURN,
    HEALTH,
    METRICS,
    ORDERS,
    PROFILE,
    Field,
    is_withheld,
)
from exports.customer360.texts import BETWEEN_NAMES, canonical, column
from exports.customer360.words import WITHHELD
from exports.pipeline.columns import Cells, ColumnType, OutColumn
from exports.pipeline.formulas import neutralise
from exports.pipeline.renderers.base import RenderContext
from exports.pipeline.renderers.csv import END, Csv

BLOCK_ROWS: Final = 500
_TYPED: Final = {ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DATETIME}


def body(view: View) -> Iterator[bytes]:
    yield from _table(*_head(view))
    if view.orders is not None:
        yield END.encode()
        yield from _orders(view.orders)


def _head(view: View) -> tuple[list[OutColumn], Iterator[list[Cells]]]:
    parts = (
        ("profile", PROFILE, view.profile),
        ("metrics", METRICS, view.metrics),
        ("health", HEALTH, view.health),
        ("churn", CHURN, view.churn),
    )
    columns, cells = [], []
    for part, fields, holder in parts:
        for field in fields:
            columns.append(column(field))
            cells.append(_cell(view, part, field, holder))
    for name, label, names in (
        ("segments", gettext("Segments"), view.segments),
        ("tags", gettext("Tags"), view.tags),
    ):
        if names is not None:
            columns.append(OutColumn(name, label, ColumnType.TEXT))
            cells.append(BETWEEN_NAMES.join(names))
    return columns, iter([[[cell] for cell in cells]])


def _cell(view: View, part: str, field: Field, holder: object) -> str | None:
    if is_withheld(view, part, field):
        return str(WITHHELD)
    return canonical(field, field.of(holder))


def _orders(orders: Iterable[Any]) -> Iterator[bytes]:
    columns = [column(field) for field in ORDERS]
    rows = iter(orders)
    blocks = (
        [[canonical(field, field.of(row)) for row in part] for field in ORDERS]
        for part in iter(lambda: list(islice(rows, BLOCK_ROWS)), [])
    )
    yield from _table(columns, blocks)


def _table(
    columns: Sequence[OutColumn], blocks: Iterable[list[Cells]]
) -> Iterator[bytes]:
    renderer = Csv(columns, _CONTEXT)
    return renderer.render(_harmless(columns, block) for block in blocks)


def _harmless(columns: Sequence[OutColumn], block: list[Cells]) -> list[Cells]:
    return [
        cells if column.type in _TYPED else neutralise(cells)[0]
        for column, cells in zip(columns, block, strict=True)
    ]


_CONTEXT: Final = RenderContext(
    dataset="customer_360",
    title="",
    options={option.name: option.default for option in Csv.options},
    rows_expected=0,
)
