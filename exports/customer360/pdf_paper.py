"""Pages to draw on from top to bottom, tagged: headings, rows of texts, paragraphs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final

from exports.pipeline.renderers.pdf_canvas import Canvas, Colour, Layout, Line, Style
from exports.pipeline.renderers.pdf_pages import ACCENT, INK, MUTED

WIDTH: Final = 595.28
HEIGHT: Final = 841.89
"""A4, upright, in points."""
MARGIN: Final = 36.0
ROOM: Final = WIDTH - 2 * MARGIN
TOP: Final = 40.0
BOTTOM: Final = HEIGHT - 52.0

SIZE: Final = 8.0
PAD: Final = 2.7
GUTTER: Final = 5.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A place that a bookmark leads to; :ivar y: from the top of the page.

    :ivar level: 1 is under the report itself.
    """

    title: str
    page: int
    y: float
    level: int


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a cell of a row lies, gutters included."""

    left: float
    width: float
    right: bool = False
    bold: bool = False


class Paper(Canvas):
    """:ivar y: where the next thing goes; :ivar page: the first is 0."""

    def __init__(self, target: BinaryIO) -> None:
        super().__init__(target, width=WIDTH, height=HEIGHT)
        self.y = TOP
        self.page = 0
        self.marks: list[Mark] = []
        self._scratch: dict[Slot, Layout] = {}
        self._in_table = False

    def turn(self) -> None:
        self.end_table()
        self.next_page()
        self.page += 1
        self.y = TOP

    @contextmanager
    def tagged(self, name: str) -> Iterator[None]:
        """Structure for readers that do not see; it must end on the page it began."""
        self._cairo.tag_begin(name)
        yield
        self._cairo.tag_end(name)

    def begin_table(self) -> None:
        """Rows from here to the page's end are one."""
        self._cairo.tag_begin("Table")
        self._in_table = True

    def end_table(self) -> None:
        if self._in_table:
            self._cairo.tag_end("Table")
        self._in_table = False

    def heading(self, title: str, *, aside: str = "") -> None:
        self.marks.append(Mark(title, self.page, self.y, 1))
        with self.tagged("H2"):
            self.colour(ACCENT)
            layout = Layout(self, Style(size=12.5, width=ROOM, bold=True))
            self.show(layout.write(title), MARGIN, self.y)
        self.y += layout.size()[1] + 2.5
        self.box(MARGIN, self.y, ROOM, 1)
        self.y += 6
        if aside:
            with self.tagged("P"):
                self.colour(MUTED)
                small = Layout(self, Style(size=SIZE, width=ROOM)).write(aside)
                self.show(small, MARGIN, self.y)
            self.y += small.size()[1] + 5
        self.colour(INK)

    def height(self, slots: Sequence[Slot], texts: Sequence[str]) -> float:
        """Of the row, with the space above and below."""
        pairs = zip(slots, texts, strict=True)
        return max(self._shaped(*pair).size()[1] for pair in pairs) + 2 * PAD

    def row(
        self,
        slots: Sequence[Slot],
        texts: Sequence[str],
        *,
        fill: Colour | None = None,
        ink: Colour = INK,
        tag: str = "TD",
    ) -> None:
        """On this page, whatever is left of it."""
        height = self.height(slots, texts)
        if fill:
            self.colour(fill)
            self.box(MARGIN, self.y, ROOM, height)
        self.colour(ink)
        with self.tagged("TR"):
            for slot, text in zip(slots, texts, strict=True):
                with self.tagged(tag):
                    layout = self._shaped(slot, text)
                    self.show(layout, slot.left + GUTTER, self.y + PAD)
        self.y += height

    def rule(self, colour: Colour, *, thickness: float) -> None:
        self.colour(colour)
        self.box(MARGIN, self.y, ROOM, thickness)
        self.y += thickness
        self.colour(INK)

    def paragraph(self, text: str) -> None:
        """Line by line over as many pages as it takes."""
        layout = Layout(self, Style(size=SIZE + 0.5, width=ROOM - 2 * GUTTER))
        rest: Sequence[Line] = layout.write(text).lines()
        while rest:
            room = BOTTOM - self.y
            fitting = sum(line.bottom - rest[0].top <= room for line in rest)
            if not fitting:
                self.turn()
                continue
            taken, rest = rest[:fitting], rest[fitting:]
            with self.tagged("P"):
                for line in taken:
                    y = self.y + line.base - taken[0].top
                    self.show_line(line, MARGIN + GUTTER, y)
            self.y += taken[-1].bottom - taken[0].top

    def _shaped(self, slot: Slot, text: str) -> Layout:
        """Lives until the slot's next text."""
        layout = self._scratch.get(slot)
        if layout is None:
            width = slot.width - 2 * GUTTER
            style = Style(size=SIZE, width=width, right=slot.right, bold=slot.bold)
            layout = self._scratch[slot] = Layout(self, style)
        return layout.write(text)
