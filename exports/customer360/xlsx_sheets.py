"""What stands on each sheet of the workbook: typed cells, row by row."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.utils.translation import gettext

from customers.view360.shape import Analytics, PlacedOrder, View, WrittenNote
from exports.customer360.fields import (
    CHURN,
    HEALTH,
    HEALTH_PARTS,
    LINES,
    METRICS,
    NOTES,
    ORDERS,
    PRODUCTS,
    PROFILE,
    Field,
    Kind,
    is_withheld,
)
from exports.customer360.texts import canonical, zone_of
from exports.customer360.words import UNKNOWN, WITHHELD, addresses, word, yes_no


@dataclass(frozen=True, slots=True)
class Cell:
    """:ivar text: canonical; :ivar kind: its type and format.

    :ivar currency: of money.
    """

    text: str
    kind: str = Kind.TEXT
    currency: str = ""
    scale: int = 2
    right: bool = True
    """False: a number beside the name of its field."""


Row = Sequence[Cell | None]
HEAD: Final = "head"
NAME: Final = "name"
"""Of a field, where a sheet has a field a row."""
DATE: Final = "date"
"""The first of a month."""
PERCENT: Final = "percent"


@dataclass(slots=True)
class Sheet:
    """:ivar rows: the head is the first.

    :ivar filtered: how many columns the filter spans.
    :ivar months: rows of the spend by month, for the chart.
    """

    name: str
    rows: list[Row] = field(default_factory=list)
    filtered: int = 0
    months: int = 0

    @property
    def length(self) -> int:
        """Rows, the head counted."""
        return len(self.rows)


def sheets(view: View) -> Iterator[Sheet]:
    """Only those that were asked for."""
    yield _facts(view, gettext("Customer Profile"), [("profile", PROFILE)])
    yield _facts(view, gettext("Metrics"), [("metrics", METRICS)])
    yield _health(view)
    if view.orders is not None:
        orders = list(view.orders)
        yield _orders(view, orders)
        yield _lines(orders)
    if view.notes is not None:
        yield _notes(view)
    if view.tags is not None or view.segments is not None:
        yield _tags(view)
    if view.analytics is not None:
        yield _analytics(view.analytics, currency=view.metrics.currency)


def _facts(
    view: View, name: str, parts: Iterable[tuple[str, Sequence[Field]]]
) -> Sheet:
    rows: list[Row] = [_head(gettext("Field"), gettext("Value"))]
    for part, fields in parts:
        holder = getattr(view, part)
        rows += (
            (Cell(str(shown.label), NAME), _fact(view, part, shown, holder))
            for shown in fields
        )
    return Sheet(name, rows, filtered=2)


def _fact(view: View, part: str, shown: Field, holder: Any) -> Cell:
    if is_withheld(view, part, shown):
        return Cell(str(WITHHELD))
    if shown.kind is Kind.NESTED:
        return Cell("\n".join(addresses(shown.of(holder))) or UNKNOWN)
    cell = _cell(view, shown, holder, currency=view.metrics.currency)
    return replace(cell, right=False) if cell else Cell(UNKNOWN)


def _cell(view: View, shown: Field, row: Any, *, currency: str = "") -> Cell | None:
    value = shown.of(row)
    if value is None:
        return None
    if shown.kind is Kind.WORD:
        return Cell(word(value))
    text = canonical(shown, value, zone=zone_of(view))
    unit = currency if shown.kind is Kind.MONEY else ""
    return None if text is None else Cell(text, shown.kind, unit, shown.scale)


def _health(view: View) -> Sheet:
    parts = [("health", (*HEALTH, *HEALTH_PARTS)), ("churn", CHURN)]
    sheet = _facts(view, gettext("Health & Churn"), parts)
    advice = (
        (gettext("Recommendation"), view.health.recommendations),
        (gettext("Retention Strategy"), view.churn.strategies),
    )
    for label, texts in advice:
        sheet.rows += ((Cell(label, NAME), Cell(text)) for text in texts)
    return sheet


def _orders(view: View, orders: Iterable[PlacedOrder]) -> Sheet:
    rows: list[Row] = [_head(*(_labelled(view, shown) for shown in ORDERS))]
    rows += (
        [_cell(view, shown, order, currency=order.currency) for shown in ORDERS]
        for order in orders
    )
    return Sheet(gettext("Orders"), rows, filtered=len(ORDERS))


def _lines(orders: Iterable[PlacedOrder]) -> Sheet:
    rows: list[Row] = [_head(*(str(shown.label) for shown in LINES))]
    rows += (
        [
            Cell(order.number),
            Cell(line.sku),
            Cell(line.product_name),
            Cell(str(line.quantity), Kind.INTEGER),
            Cell(f"{line.unit_price:.4f}", Kind.MONEY, order.currency, 4),
            Cell(f"{line.discount:.4f}", PERCENT),
            Cell(f"{line.amount:.2f}", Kind.MONEY, order.currency),
            Cell(order.currency),
            Cell(yes_no(line.cancelled)),
        ]
        for order in orders
        for line in order.lines
    )
    return Sheet(gettext("Order Lines"), rows, filtered=len(LINES))


def _notes(view: View) -> Sheet:
    rows: list[Row] = [_head(*(_labelled(view, shown) for shown in NOTES))]
    rows += ([_note(view, shown, note) for shown in NOTES] for note in view.notes or ())
    return Sheet(gettext("Notes"), rows, filtered=len(NOTES))


def _note(view: View, shown: Field, note: WrittenNote) -> Cell | None:
    if is_withheld(view, "notes", shown):
        return Cell(str(WITHHELD))
    return _cell(view, shown, note)


def _tags(view: View) -> Sheet:
    rows: list[Row] = [_head(gettext("Kind"), gettext("Name"))]
    kinds = ((gettext("Segment"), view.segments), (gettext("Tag"), view.tags))
    for kind, names in kinds:
        rows += ([Cell(kind), Cell(name)] for name in names or ())
    return Sheet(gettext("Tags & Segments"), rows, filtered=2)


def _analytics(analytics: Analytics, *, currency: str) -> Sheet:
    """Three tables beside one another: months, statuses, products."""
    money = _money(currency)
    tables: list[list[Row]] = [
        [
            _head(gettext("Month"), gettext("Orders"), gettext("Spent")),
            *(
                (
                    Cell(month.month.isoformat(), DATE),
                    Cell(str(month.orders), Kind.INTEGER),
                    money(month.spent),
                )
                for month in analytics.months
            ),
        ],
        [
            _head(gettext("Status"), gettext("Orders")),
            *(
                (Cell(word(status)), Cell(str(count), Kind.INTEGER))
                for status, count in analytics.statuses
            ),
        ],
        [
            _head(*(str(shown.label) for shown in PRODUCTS)),
            *(
                (
                    Cell(product.sku),
                    Cell(product.name),
                    Cell(str(product.quantity), Kind.INTEGER),
                    money(product.spent),
                )
                for product in analytics.products
            ),
        ],
    ]
    return Sheet(
        gettext("Analytics"),
        _beside(tables),
        filtered=3,
        months=len(analytics.months),
    )


def _beside(tables: Sequence[Sequence[Row]]) -> list[Row]:
    """One empty column between two."""
    longest = max(len(table) for table in tables)
    rows: list[Row] = []
    for place in range(longest):
        row: list[Cell | None] = []
        for table in tables:
            width = len(table[0])
            row += table[place] if place < len(table) else [None] * width
            row.append(None)
        rows.append(row[:-1])
    return rows


def _money(currency: str) -> Callable[[Any], Cell]:
    return lambda amount: Cell(f"{amount:.2f}", Kind.MONEY, currency)


def _labelled(view: View, shown: Field) -> str:
    """A cell's time has no zone: its column's head names it."""
    label = str(shown.label)
    return f"{label} ({view.time_zone})" if shown.kind is Kind.MOMENT else label


def _head(*labels: str) -> list[Cell]:
    return [Cell(label, HEAD) for label in labels]
