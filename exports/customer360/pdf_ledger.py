"""The later pages of the report: every order with its lines, and every note.

They are drawn row by row, as long tables are: CSS lays out a hundred rows a second,
and a note may be longer than a page.
"""

from collections.abc import Sequence
from typing import BinaryIO, Final

from django.utils.translation import gettext

from customers.view360.shape import Line, PlacedOrder, View, WrittenNote
from exports.customer360.pdf_paper import (
    BOTTOM,
    GUTTER,
    MARGIN,
    PAD,
    ROOM,
    TOP,
    Mark,
    Paper,
    Slot,
)
from exports.customer360.shown import line, minute, money, number, percent, price, text
from exports.customer360.summary import reach
from exports.customer360.texts import zone_of
from exports.customer360.words import WITHHELD, word
from exports.pipeline.renderers.pdf_canvas import Colour
from exports.pipeline.renderers.pdf_pages import INK, MUTED

_HEAD: Final[Colour] = (0.12, 0.25, 0.45)
_WHITE: Final[Colour] = (1.0, 1.0, 1.0)
_BAND: Final[Colour] = (0.895, 0.912, 0.937)
_HAIR: Final[Colour] = (0.87, 0.89, 0.92)


def _slots(widths: Sequence[float], *, right: Sequence[int], bold: bool) -> list[Slot]:
    lefts = [MARGIN + sum(widths[:place]) for place in range(len(widths))]
    return [
        Slot(left, width, right=place in right, bold=bold)
        for place, (left, width) in enumerate(zip(lefts, widths, strict=True))
    ]


_LINE_WIDTHS: Final = (86.0, 189.28, 48.0, 62.0, 52.0, 86.0)
_ORDER: Final = _slots((86.0, 189.28, 110.0, 138.0), right=(3,), bold=True)
_NAMES: Final = _slots(_LINE_WIDTHS, right=(2, 3, 4, 5), bold=True)
_LINE: Final = _slots(_LINE_WIDTHS, right=(2, 3, 4, 5), bold=False)
_NOTE: Final = _slots((130.0, ROOM - 130.0), right=(), bold=True)


class Ledger:
    """:ivar paper: its marks are the bookmarks."""

    def __init__(self, target: BinaryIO, view: View) -> None:
        self.paper = Paper(target)
        self._view = view
        self._zone = zone_of(view)

    def write(self, orders: Sequence[PlacedOrder] | None) -> None:
        if orders is not None:
            self._orders(orders)
        if self._view.notes is not None:
            self._notes(self._view.notes)
        self.paper.close()

    def _orders(self, orders: Sequence[PlacedOrder]) -> None:
        self.paper.heading(gettext("Orders"), aside=reach(self._view, orders))
        if not orders:
            self.paper.paragraph(gettext("No orders in this range."))
            return
        self._names()
        year = 0
        for order in orders:
            placed = order.ordered_at.astimezone(self._zone).year
            self._order(order, year=placed if placed != year else 0)
            year = placed
        self.paper.end_table()

    def _order(self, order: PlacedOrder, *, year: int) -> None:
        """:param year: begins with this order; 0: it does not."""
        paper, band = self.paper, self._band(order)
        void = order.status == "cancelled"  # its money is in no figure
        rows = [(_texts(item), void or item.cancelled) for item in order.lines]
        needed = paper.height(_ORDER, band)
        if rows:  # no order stands at a page's foot without a line of its own
            needed += paper.height(_LINE, rows[0][0])
        self._make_room(needed)
        if year:
            paper.marks.append(Mark(str(year), paper.page, paper.y, 2))
        paper.row(_ORDER, band, fill=_BAND)
        for texts, is_pale in rows:
            if self._make_room(paper.height(_LINE, texts)):
                again = gettext("%s (continued)") % band[1]
                paper.row(_ORDER, [band[0], again, *band[2:]], fill=_BAND)
            paper.row(_LINE, texts, ink=MUTED if is_pale else INK)
            paper.rule(_HAIR, thickness=0.4)

    def _band(self, order: PlacedOrder) -> list[str]:
        return [
            line(order.number),
            minute(order.ordered_at, zone=self._zone),
            line(word(order.status), most=40),
            money(order.total, order.currency),
        ]

    def _names(self) -> None:
        names = [gettext("SKU"), gettext("Product"), gettext("Quantity")]
        names += [gettext("Unit Price"), gettext("Discount"), gettext("Amount")]
        self.paper.begin_table()
        self.paper.row(_NAMES, names, fill=_HEAD, ink=_WHITE, tag="TH")

    def _make_room(self, height: float) -> bool:
        """Whether a new page was begun, with the head on it."""
        if self.paper.y + height <= BOTTOM:
            return False
        self.paper.turn()
        self._names()
        return True

    def _notes(self, notes: Sequence[WrittenNote]) -> None:
        paper = self.paper
        if paper.y > TOP:
            paper.y += 18
        if paper.y > BOTTOM - 90:
            paper.turn()
        paper.heading(gettext("Notes"))
        if not notes:
            paper.paragraph(gettext("No notes in this range."))
        for note in notes:
            self._note(note)

    def _note(self, note: WrittenNote) -> None:
        paper, withheld = self.paper, self._view.withheld
        author = note.author if "notes.author" not in withheld else str(WITHHELD)
        body = note.body if "notes.body" not in withheld else str(WITHHELD)
        head = [minute(note.created_at, zone=self._zone), line(author)]
        if paper.y + paper.height(_NOTE, head) + 30 > BOTTOM:
            paper.turn()
        paper.begin_table()
        paper.row(_NOTE, head, fill=_BAND)
        paper.end_table()
        paper.y += PAD
        paper.paragraph(text(body))
        paper.y += 2 * PAD + GUTTER


def _texts(item: Line) -> list[str]:
    product = line(item.product_name)
    if item.cancelled:
        product = line(gettext("%s (cancelled)") % product, most=330)
    return [
        line(item.sku),
        product,
        number(item.quantity),
        price(item.unit_price),
        percent(item.discount) if item.discount else "",
        number(item.amount, places=2),
    ]
