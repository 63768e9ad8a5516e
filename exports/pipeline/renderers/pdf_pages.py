"""The pages of a long PDF: title, footer, page x of y."""

from io import BytesIO
from typing import BinaryIO, Final

import pikepdf

from exports.pipeline.renderers.pdf_canvas import (
    PAGE_HEIGHT,
    PAGE_WIDTH,
    Canvas,
    Colour,
    Layout,
    Style,
)

MARGIN: Final = 36.0
ROOM: Final = PAGE_WIDTH - 2 * MARGIN
BOTTOM: Final = PAGE_HEIGHT - 44.0
"""Where a table must end: below it stands the footer."""

INK: Final[Colour] = (0.11, 0.14, 0.19)
MUTED: Final[Colour] = (0.40, 0.44, 0.51)
ACCENT: Final[Colour] = (0.12, 0.25, 0.45)

_FOOT: Final = PAGE_HEIGHT - 32.0
_FOOT_SIZE: Final = 7.5
_MIDDLE: Final = PAGE_WIDTH / 2
_TOTAL_WIDTH: Final = 80.0
_TOTAL_HEIGHT: Final = 12.0


class Pages:
    """:ivar y: where the next thing on the page goes."""

    def __init__(self, target: BinaryIO, *, title: str, subtitle: str) -> None:
        self.canvas = Canvas(target, title=title)
        self.number = 1
        self.y = MARGIN
        self.note = ""
        """Stands at the right of this page's footer."""
        third = ROOM / 3
        self._left = Layout(
            self.canvas, Style(size=_FOOT_SIZE, width=third, lines=1)
        ).write(title)
        self._page = Layout(self.canvas, Style(size=_FOOT_SIZE))
        self._right = Layout(
            self.canvas, Style(size=_FOOT_SIZE, width=third, right=True)
        )
        self._masthead(title, subtitle)

    def _masthead(self, title: str, subtitle: str) -> None:
        self.canvas.colour(ACCENT)
        self.canvas.box(MARGIN, self.y, 28, 2.4)
        self.y += 8
        self.heading(title)
        self.canvas.colour(MUTED)
        small = Layout(self.canvas, Style(size=9, width=ROOM)).write(subtitle)
        self.canvas.show(small, MARGIN, self.y)
        self.y += small.size()[1] + 12

    def heading(self, text: str) -> None:
        layout = Layout(self.canvas, Style(size=17, width=ROOM, bold=True, lines=3))
        self.canvas.colour(INK)
        self.canvas.show(layout.write(text), MARGIN, self.y)
        self.y += layout.size()[1] + 2

    def turn(self) -> None:
        """Close this page and open the next."""
        self._foot()
        self.canvas.next_page()
        self.number += 1
        self.y = MARGIN

    def close(self) -> None:
        self._foot()
        self.canvas.close()

    def _foot(self) -> None:
        self.canvas.colour(MUTED)
        self.canvas.show(self._left, MARGIN, _FOOT)
        right = PAGE_WIDTH - MARGIN - ROOM / 3
        self.canvas.show(self._right.write(self.note), right, _FOOT)
        # The last, so that "of y", stamped behind it, is read after it.
        self._page.write(f"Page {self.number}")
        self.canvas.show(self._page, _MIDDLE - self._page.size()[0], _FOOT)
        self.note = ""


def stamp_total(spool: BinaryIO, target: BinaryIO, *, pages: int) -> None:
    """Write ``of y`` beside each page's number: one picture, shared by all pages."""
    shift = f"1 0 0 1 {_MIDDLE:.2f} {PAGE_HEIGHT - _FOOT - _TOTAL_HEIGHT:.2f}"
    with pikepdf.open(spool) as pdf, pikepdf.open(_total(pages)) as picture:
        total = pdf.copy_foreign(picture.pages[0].as_form_xobject())
        before = pdf.make_stream(b"q")
        after = pdf.make_stream(f"Q q {shift} cm /Total Do Q".encode())
        for page in pdf.pages:
            page.add_resource(total, pikepdf.Name.XObject, pikepdf.Name.Total)
            page.contents_add(before, prepend=True)
            page.contents_add(after)
        pdf.Root.Lang = pikepdf.String("en")
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        del pdf.docinfo["/CreationDate"]
        pdf.save(
            target,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )


def _total(pages: int) -> BinaryIO:
    target = BytesIO()
    canvas = Canvas(target, width=_TOTAL_WIDTH, height=_TOTAL_HEIGHT)
    canvas.colour(MUTED)
    text = Layout(canvas, Style(size=_FOOT_SIZE)).write(f" of {pages}")
    canvas.show(text, 0, 0)
    canvas.close()
    return target
