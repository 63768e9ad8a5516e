"""A short table as PDF: a tagged, bookmarked document laid out by CSS."""

from collections.abc import Sequence
from hashlib import sha256
from html import escape
from string import Template
from typing import BinaryIO, Final, NoReturn
from unicodedata import bidirectional

from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from exports.pipeline.columns import OutColumn, Tally
from exports.pipeline.renderers.base import RenderContext
from exports.pipeline.renderers.pdf_fonts import ASSETS
from exports.pipeline.renderers.pdf_glyphs import Glyphs
from exports.pipeline.renderers.pdf_pages import ROOM
from exports.pipeline.renderers.pdf_rows import (
    METADATA_COLUMNS,
    labels,
    metadata_cells,
    subtitle,
    title,
)
from exports.pipeline.renderers.pdf_text import broken, shown
from exports.pipeline.renderers.pdf_widths import Fit, fit

_RTL: Final = {"R", "AL"}
_STRONG: Final = {"L", *_RTL}


class Refusing(URLFetcher):  # type: ignore[misc]  # weasyprint has no types
    """The page names no resource: whatever is asked for came out of the data."""

    def fetch(self, url: str, headers: object = None) -> NoReturn:
        del headers
        raise FatalURLFetchingError(f"a PDF fetches nothing: {url[:80]}")


def write_document(
    target: BinaryIO,
    *,
    columns: Sequence[OutColumn],
    context: RenderContext,
    cells: Sequence[list[str]],
) -> int:
    """:return: the rows written."""
    _count_glyphs(columns, context.tally, cells)
    page = _page(columns, context, cells)
    style = (ASSETS / "document.css").read_text(encoding="utf-8")
    fetcher = Refusing()
    HTML(string=page, url_fetcher=fetcher).write_pdf(
        target,
        stylesheets=[CSS(string=style, url_fetcher=fetcher)],
        pdf_identifier=sha256(page.encode()).digest()[:16],
        pdf_tags=True,
    )
    return len(cells[0])


def _page(
    columns: Sequence[OutColumn], context: RenderContext, cells: Sequence[list[str]]
) -> str:
    names = labels(columns)
    head = names if context.include_headers else []
    sizes = fit(columns, names, cells, room=ROOM)
    template = Template((ASSETS / "document.html").read_text(encoding="utf-8"))
    rows = len(cells[0])
    return template.substitute(
        title=escape(title(context)),
        subtitle=escape(subtitle(columns, rows=rows)),
        table=_table(columns, head, cells, sizes) + ("" if rows else _NO_ROWS),
        metadata=_metadata(context),
    )


_NO_ROWS: Final = '<p class="none">No rows</p>'


def _metadata(context: RenderContext) -> str:
    if context.metadata is None:
        return ""
    cells = [
        shown(column, column_cells, Tally())
        for column, column_cells in zip(
            METADATA_COLUMNS, metadata_cells(context.metadata), strict=True
        )
    ]
    sizes = Fit(9, (ROOM * 0.25, ROOM * 0.75), ((), ()))
    table = _table(METADATA_COLUMNS, labels(METADATA_COLUMNS), cells, sizes)
    return f"<h2>Metadata</h2>{table}"


def _table(
    columns: Sequence[OutColumn],
    head: Sequence[str],
    cells: Sequence[list[str]],
    sizes: Fit,
) -> str:
    kinds = ["number" if column.type.is_number else "" for column in columns]
    widths = "".join(f'<col style="width:{width:.2f}pt">' for width in sizes.widths)
    names = "".join(
        f'<th scope="col" class="{kind}">{escape(name)}</th>'
        for kind, name in zip(kinds, head, strict=False)
    )
    texts = [
        broken(column_cells, places=places)
        for column_cells, places in zip(cells, sizes.broken, strict=True)
    ]
    rows = "\n".join(
        f"<tr>{''.join(map(_cell, kinds, row))}</tr>"
        for row in zip(*texts, strict=True)
    )
    style = f"width:{sum(sizes.widths):.2f}pt;font-size:{sizes.size}pt"
    return (
        f'<table style="{style}"><colgroup>{widths}</colgroup>'
        + (f"<thead><tr>{names}</tr></thead>" if names else "")
        + f"<tbody>\n{rows}\n</tbody></table>"
    )


def _cell(kind: str, text: str) -> str:
    if not kind and not text.isascii() and _is_right_to_left(text):
        kind = "rtl"
    return f'<td class="{kind}">{escape(text)}</td>'


def _is_right_to_left(text: str) -> bool:
    """By its first letter that has a direction."""
    return next(filter(_STRONG.__contains__, map(bidirectional, text)), "L") in _RTL


def _count_glyphs(
    columns: Sequence[OutColumn], tally: Tally, cells: Sequence[list[str]]
) -> None:
    glyphs = Glyphs()
    for column, texts in zip(columns, cells, strict=True):
        tally.add(column.name, "no_glyph", glyphs.unknown(texts))
