"""The sheets of one customer among many: a row of facts each, and whose each row is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from django.utils.translation import gettext

from customers.view360.shape import View
from exports.customer360.fields import PROFILE
from exports.customer360.words import UNKNOWN
from exports.customer360.xlsx_sheets import HEAD, Cell, Row, Sheet, sheets

_WHOSE: Final = 2
"""Columns that say whose a row is: the profile's first two, identifier and name."""
_FACTS: Final = 3
"""Sheets with a field a row: profile, metrics, health and churn."""


def sheets_of(view: View) -> Iterator[Sheet]:
    """As in the customer's own workbook, but for the chart, which is of one."""
    made = sheets(view)
    profile = _across(next(made))
    whose = profile.rows[1][:_WHOSE]
    yield profile
    for sheet in islice(made, _FACTS - 1):
        yield _of(whose, _across(sheet))
    for sheet in made:
        yield _of(whose, sheet)


def _across(sheet: Sheet) -> Sheet:
    """A field a column instead of a field a row; several of a name are in one cell."""
    advice = (gettext("Recommendation"), gettext("Retention Strategy"))
    found: dict[str, list[Cell]] = {}
    for name, value in _pairs(sheet):
        found.setdefault(name.text, []).append(value)
    if any(label in found for label in advice):
        # Not every customer has some of each, but all have the same columns.
        rest = {name: cells for name, cells in found.items() if name not in advice}
        found = rest | {label: found.get(label, []) for label in advice}
    head = [Cell(label, HEAD) for label in found]
    row = [_together(cells) for cells in found.values()]
    return Sheet(sheet.name, [head, row], filtered=len(head))


def _pairs(sheet: Sheet) -> Iterator[tuple[Cell, Cell]]:
    for name, value in sheet.rows[1:]:
        if name is not None and value is not None:
            yield name, value


def _together(cells: Sequence[Cell]) -> Cell:
    if len(cells) == 1:
        return replace(cells[0], right=True)
    return Cell("\n".join(cell.text for cell in cells) or UNKNOWN)


def _of(whose: Row, sheet: Sheet) -> Sheet:
    heads = [Cell(str(field.label), HEAD) for field in PROFILE[:_WHOSE]]
    rows: list[Row] = [[*heads, *sheet.rows[0]]]
    rows += ([*whose, *row] for row in sheet.rows[1:])
    return Sheet(sheet.name, rows, filtered=sheet.filtered + _WHOSE)
