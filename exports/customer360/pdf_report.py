"""The report as PDF: a summary laid out by CSS, a ledger drawn row by row, joined."""

from collections.abc import Iterator
from io import BytesIO
from typing import Final

from customers.view360.shape import View
from exports.customer360.pdf_join import joined
from exports.customer360.pdf_ledger import Ledger
from exports.customer360.pdf_summary import written
from exports.customer360.shown import line
from exports.customer360.summary import heading

CHUNK: Final = 1 << 20


def report(view: View) -> Iterator[bytes]:
    orders = None if view.orders is None else list(view.orders)
    summary = BytesIO(written(view, orders or []))
    # From left to right, whatever the direction of the name that it begins with.
    foot = f"\u200e{heading(view)} · {line(view.business_name, most=100)}"
    if not orders and not view.notes:
        content = joined(summary, None, foot=foot, marks=())
    else:
        target = BytesIO()
        ledger = Ledger(target, view)
        ledger.write(orders)
        content = joined(summary, target, foot=foot, marks=ledger.paper.marks)
    for start in range(0, len(content), CHUNK):
        yield content[start : start + CHUNK]
