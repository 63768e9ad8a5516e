"""A ruled table over as many pages as it takes, its head on each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exports.pipeline.renderers.pdf_canvas import Colour, Layout, Line, Style
from exports.pipeline.renderers.pdf_pages import ACCENT, BOTTOM, INK, MARGIN, Pages
from exports.pipeline.renderers.pdf_widths import GUTTER, Fit

_PAD: Final = 2.6
"""Points above and below a row's text."""
_ZEBRA: Final[Colour] = (0.955, 0.962, 0.972)
_HEAD: Final[Colour] = (0.895, 0.912, 0.937)
_HEAD_LINES: Final = 8
_KEPT: Final = 256
_KEPT_LENGTH: Final = 400
"""Characters: shaping JSON of a few lines, which differs seldom, costs as much as all
other cells of its row; kept are 3 MB a column at most."""
_LEAST: Final = 100.0
"""Points: a row taller than a page starts on this one if so much is left."""


@dataclass(slots=True)
class _Cell:
    """:ivar kept: shaped layouts of texts that come again and again."""

    style: Style
    left: float
    scratch: Layout
    kept: dict[str, tuple[Layout, float]]


class Grid:
    """:ivar rows: drawn so far."""

    def __init__(
        self, pages: Pages, fit: Fit, *, right: Sequence[bool], head: Sequence[str] = ()
    ) -> None:
        """:param head: none: no head row."""
        self._pages = pages
        self._canvas = pages.canvas
        self._width = sum(fit.widths)
        self._cells = [
            self._cell(fit, place, right=is_right)
            for place, is_right in enumerate(right)
        ]
        self._head = [
            Layout(
                self._canvas,
                Style(
                    size=cell.style.size,
                    width=cell.style.width,
                    bold=True,
                    lines=_HEAD_LINES,
                    right=cell.style.right,
                ),
            ).write(text)
            for cell, text in zip(self._cells, head, strict=False)
        ]
        tallest = max((layout.size()[1] for layout in self._head), default=0.0)
        self._head_height = tallest + 2 * _PAD + 1 if head else 0.0
        self._striped = False
        self.rows = 0
        self._first = 0
        self._open()

    def _cell(self, fit: Fit, place: int, *, right: bool) -> _Cell:
        width = fit.widths[place] - 2 * GUTTER
        style = Style(size=fit.size, width=width, right=right)
        left = MARGIN + sum(fit.widths[:place]) + GUTTER
        return _Cell(style, left, Layout(self._canvas, style), {})

    def row(self, texts: Sequence[str]) -> None:
        shaped = [
            self._shape(cell, text)
            for cell, text in zip(self._cells, texts, strict=True)
        ]
        height = max(tall for _, tall in shaped) + 2 * _PAD
        layouts = [layout for layout, _ in shaped]
        if self._pages.y + height > BOTTOM:
            if height > self._body():
                self._tall(layouts)
                return
            self._turn()
        self._count()
        self._stripe(height)
        y = self._pages.y + _PAD
        for cell, layout in zip(self._cells, layouts, strict=True):
            self._canvas.show(layout, cell.left, y)
        self._pages.y += height
        self._striped = not self._striped

    def _shape(self, cell: _Cell, text: str) -> tuple[Layout, float]:
        known = cell.kept.get(text)
        if known is not None:
            return known
        if len(cell.kept) >= _KEPT or len(text) > _KEPT_LENGTH:
            return cell.scratch, cell.scratch.write(text).size()[1]
        layout = Layout(self._canvas, cell.style).write(text)
        shaped = layout, layout.size()[1]
        cell.kept[text] = shaped
        return shaped

    def _tall(self, layouts: Sequence[Layout]) -> None:
        """A row that no page holds: as many lines of each cell as fit, page by page."""
        if BOTTOM - self._pages.y < _LEAST:
            self._turn()
        self._count()
        rest = [layout.lines() for layout in layouts]
        while True:
            room = BOTTOM - self._pages.y - 2 * _PAD
            taken = [_fitting(lines, room) for lines in rest]
            height = max(_depth(lines) for lines in taken)
            self._stripe(height + 2 * _PAD)
            for cell, lines in zip(self._cells, taken, strict=True):
                self._lines(cell, lines)
            self._pages.y += height + 2 * _PAD
            rest = [lines[len(done) :] for lines, done in zip(rest, taken, strict=True)]
            if not any(rest):
                break
            self._turn()
        self._striped = not self._striped

    def _lines(self, cell: _Cell, lines: Sequence[Line]) -> None:
        for line in lines:
            y = self._pages.y + _PAD + line.base - lines[0].top
            self._canvas.show_line(line, cell.left, y)

    def _stripe(self, height: float) -> None:
        if self._striped:
            self._canvas.colour(_ZEBRA)
            self._canvas.box(MARGIN, self._pages.y, self._width, height)
        self._canvas.colour(INK)

    def _open(self) -> None:
        if not self._head:
            return
        self._canvas.colour(_HEAD)
        self._canvas.box(MARGIN, self._pages.y, self._width, self._head_height)
        self._canvas.colour(ACCENT)
        self._canvas.box(MARGIN, self._pages.y + self._head_height - 1, self._width, 1)
        self._canvas.colour(INK)
        for cell, layout in zip(self._cells, self._head, strict=True):
            self._canvas.show(layout, cell.left, self._pages.y + _PAD)
        self._pages.y += self._head_height

    def _body(self) -> float:
        """Height that a fresh page has for rows."""
        return BOTTOM - MARGIN - self._head_height

    def _count(self) -> None:
        self.rows += 1
        self._first = self._first or self.rows

    def _turn(self) -> None:
        self.note()
        self._pages.turn()
        self._first = 0
        self._open()

    def note(self) -> None:
        """Say in the footer which rows the page shows."""
        first = self._first or self.rows
        span = f"Rows {first:,}–" if first < self.rows else "Row "
        self._pages.note = f"{span}{self.rows:,}"


def _fitting(lines: Sequence[Line], room: float) -> Sequence[Line]:
    """The first lines within the room; one at the least, or it would never end."""
    count = sum(1 for line in lines if line.bottom - lines[0].top <= room)
    return lines[: max(count, 1)]


def _depth(lines: Sequence[Line]) -> float:
    return lines[-1].bottom - lines[0].top if lines else 0.0
