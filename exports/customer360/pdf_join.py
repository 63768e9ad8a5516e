"""Summary and ledger as one document: footers, bookmarks and structure over both."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any, BinaryIO, Final

import pikepdf
from django.utils.translation import gettext
from pikepdf import Dictionary, Name, OutlineItem, Pdf

from exports.customer360.pdf_paper import HEIGHT, MARGIN, ROOM, WIDTH, Mark
from exports.pipeline.renderers.pdf_canvas import Canvas, Layout, Style
from exports.pipeline.renderers.pdf_pages import MUTED

_FOOT: Final = HEIGHT - 34.0
_SIZE: Final = 7.5
_THIRD: Final = ROOM / 3
_HAIR: Final = (0.8, 0.83, 0.88)


def joined(
    summary: BinaryIO, ledger: BinaryIO | None, *, foot: str, marks: Sequence[Mark]
) -> bytes:
    """:param foot: what stands at the left of each page's foot."""
    with pikepdf.open(summary) as pdf:
        first = len(pdf.pages)
        if ledger:
            with pikepdf.open(ledger) as more:
                _append(pdf, more)
                _bookmark(pdf, marks, first=first)
                return _finished(pdf, foot)
        return _finished(pdf, foot)


def _append(pdf: Pdf, more: Pdf) -> None:
    pdf.pages.extend(more.pages)
    added: Any = pdf.copy_foreign(more.Root.StructTreeRoot)
    tree: Any = pdf.Root.StructTreeRoot
    document = tree.K[0]
    for element in added.K:
        element.P = document
        document.K.append(element)
    _renumber(pdf, tree, added)


def _renumber(pdf: Pdf, tree: Any, added: Any) -> None:
    """Pages name their part of the structure by numbers that both began at 0."""
    known = tree.ParentTree.Nums
    shift = max((int(number) for number in list(known)[::2]), default=-1) + 1
    numbers = list(added.ParentTree.Nums)
    for number, elements in zip(numbers[::2], numbers[1::2], strict=True):
        known.append(int(number) + shift)
        known.append(elements)
    for page in list(pdf.pages)[-len(numbers) // 2 :]:
        if Name.StructParents in page.obj:
            page.obj.StructParents = int(page.obj.StructParents) + shift
    tree.ParentTreeNextKey = shift + len(numbers) // 2


def _bookmark(pdf: Pdf, marks: Sequence[Mark], *, first: int) -> None:
    with pdf.open_outline() as outline:
        chapters = outline.root[0].children if outline.root else outline.root
        for mark in marks:
            page, top = first + mark.page, HEIGHT - mark.y + 6
            item = OutlineItem(mark.title, page, "XYZ", left=0, top=top)
            (chapters if mark.level == 1 else chapters[-1].children).append(item)


def _finished(pdf: Pdf, foot: str) -> bytes:
    with pikepdf.open(_feet(len(pdf.pages), foot)) as feet:
        before = pdf.make_stream(b"q")
        for number, page in enumerate(pdf.pages, 1):
            form = pdf.copy_foreign(feet.pages[number - 1].as_form_xobject())
            # A name for each: pages laid out by CSS share their resources.
            name = f"/Foot{number}"
            page.add_resource(form, Name.XObject, Name(name))
            page.contents_add(before, prepend=True)
            drawn = f"Q /Artifact BMC q {name} Do Q EMC".encode()
            page.contents_add(pdf.make_stream(drawn))
        target = BytesIO()
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        pdf.save(
            target,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return target.getvalue()


def _feet(pages: int, foot: str) -> BinaryIO:
    """A document of nothing but footers."""
    target = BytesIO()
    canvas = Canvas(target, width=WIDTH, height=HEIGHT)
    left = Layout(canvas, Style(size=_SIZE, width=ROOM / 2 - 40, lines=1))
    left.write(foot)
    middle = Layout(canvas, Style(size=_SIZE, bold=True)).write(gettext("Confidential"))
    right = Layout(canvas, Style(size=_SIZE, width=_THIRD, right=True))
    for number in range(1, pages + 1):
        canvas.colour(_HAIR)
        canvas.box(MARGIN, _FOOT - 5, ROOM, 0.5)
        canvas.colour(MUTED)
        canvas.show(left, MARGIN, _FOOT)
        told = gettext("Page %(number)d of %(pages)d")
        right.write(told % {"number": number, "pages": pages})
        canvas.show(right, MARGIN + 2 * _THIRD, _FOOT)
        canvas.show(middle, (WIDTH - middle.size()[0]) / 2, _FOOT)
        if number < pages:
            canvas.next_page()
    canvas.close()
    return target
