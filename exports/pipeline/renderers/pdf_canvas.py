"""Pango upon a cairo PDF surface: text in, shaped layouts and bytes out."""

from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import cairocffi
import pangocairocffi
import pangocffi

from exports.pipeline.renderers.pdf_fonts import FAMILY

PAGE_WIDTH: Final = 841.89
PAGE_HEIGHT: Final = 595.28
"""A4, landscape, in points."""

Colour = tuple[float, float, float]

_SCALE: Final = 1024
_BOLD: Final = 700
_WRAP_WORD_CHAR: Final = 2
_ALIGN_RIGHT: Final = 2
_ELLIPSIZE_END: Final = 3
_NO_HYPHENS: Final = 0
_CREATED: Final = "2000-01-01T00:00:00Z"

# The calls themselves, not the wrappers: they run once or more for every cell.
_pango: Final = pangocffi.pango
_pangocairo: Final = pangocairocffi.pangocairo
_NULL: Final = pangocffi.ffi.NULL


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """:ivar width: points to wrap at; 0: one line, however long."""

    size: float
    width: float = 0
    bold: bool = False
    right: bool = False
    lines: int = 0
    """At most so many of each paragraph, the last with an ellipsis; 0: all."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a layout; ``top``, ``base`` and ``bottom`` from the layout's top."""

    pointer: Any
    left: float
    top: float
    base: float
    bottom: float


class Layout:
    """A text with a style, shaped anew whenever the text is set."""

    __slots__ = ("_height", "_width", "pointer")

    def __init__(self, canvas: "Canvas", style: Style) -> None:
        self.pointer = pangocffi.ffi.gc(
            _pango.pango_layout_new(canvas.pango.pointer),
            pangocffi.gobject.g_object_unref,
        )
        self._width = pangocffi.ffi.new("int *")
        self._height = pangocffi.ffi.new("int *")
        self._apply(style)

    def _apply(self, style: Style) -> None:
        font = pangocffi.FontDescription()
        font.family = FAMILY
        font.size = round(style.size * _SCALE)
        if style.bold:
            font.weight = _BOLD
        _pango.pango_layout_set_font_description(self.pointer, font.pointer)
        if style.width:
            _pango.pango_layout_set_width(self.pointer, round(style.width * _SCALE))
            _pango.pango_layout_set_wrap(self.pointer, _WRAP_WORD_CHAR)
            self._keep_from_hyphens()
        if style.lines:
            _pango.pango_layout_set_height(self.pointer, -style.lines)
            _pango.pango_layout_set_ellipsize(self.pointer, _ELLIPSIZE_END)
        if style.right:
            _pango.pango_layout_set_auto_dir(self.pointer, 0)
            _pango.pango_layout_set_alignment(self.pointer, _ALIGN_RIGHT)

    def _keep_from_hyphens(self) -> None:
        """Else a hyphen that is not in the data marks each broken word."""
        attributes = pangocffi.ffi.gc(
            _pango.pango_attr_list_new(), _pango.pango_attr_list_unref
        )
        attribute = _pango.pango_attr_insert_hyphens_new(_NO_HYPHENS)
        _pango.pango_attr_list_insert(attributes, attribute)
        _pango.pango_layout_set_attributes(self.pointer, attributes)

    def write(self, text: str) -> "Layout":
        encoded = text.encode()
        _pango.pango_layout_set_text(self.pointer, encoded, len(encoded))
        return self

    def size(self) -> tuple[float, float]:
        """Width and height in points."""
        _pango.pango_layout_get_size(self.pointer, self._width, self._height)
        return self._width[0] / _SCALE, self._height[0] / _SCALE

    def unknown_glyphs(self) -> int:
        return int(_pango.pango_layout_get_unknown_glyphs_count(self.pointer))

    def lines(self) -> list[Line]:
        """They live as long as the layout keeps its text."""
        iterator = pangocffi.ffi.gc(
            _pango.pango_layout_get_iter(self.pointer), _pango.pango_layout_iter_free
        )
        box = pangocffi.ffi.new("PangoRectangle *")
        top, bottom = self._width, self._height
        found = []
        while True:
            _pango.pango_layout_iter_get_line_yrange(iterator, top, bottom)
            _pango.pango_layout_iter_get_line_extents(iterator, _NULL, box)
            base = _pango.pango_layout_iter_get_baseline(iterator)
            line = _pango.pango_layout_iter_get_line_readonly(iterator)
            places = (value / _SCALE for value in (box.x, top[0], base, bottom[0]))
            found.append(Line(line, *places))
            if not _pango.pango_layout_iter_next_line(iterator):
                return found


class Canvas:
    """Pages to draw on; coordinates in points from the top left corner.

    :param target: where the PDF goes; None: only to measure.
    """

    def __init__(
        self,
        target: BinaryIO | None = None,
        *,
        title: str = "",
        width: float = PAGE_WIDTH,
        height: float = PAGE_HEIGHT,
    ) -> None:
        self._surface = cairocffi.PDFSurface(target, width, height)
        self._surface.set_metadata(cairocffi.PDF_METADATA_TITLE, title)
        self._surface.set_metadata(cairocffi.PDF_METADATA_CREATE_DATE, _CREATED)
        self._cairo = cairocffi.Context(self._surface)
        self._cr = pangocairocffi.ffi.cast(
            "cairo_t *",
            self._cairo._pointer,  # noqa: SLF001 - the wrappers offer no other way
        )
        self.pango = pangocairocffi.create_context(self._cairo)
        language = _pango.pango_language_from_string(b"en")
        _pango.pango_context_set_language(self.pango.pointer, language)
        # Else Pango takes a point for 1/72 of an inch of a 96 dpi screen.
        _pangocairo.pango_cairo_context_set_resolution(self.pango.pointer, 72)
        # Whole pixels are for screens; here they would misplace every letter.
        _pango.pango_context_set_round_glyph_positions(self.pango.pointer, 0)

    def colour(self, colour: Colour) -> None:
        self._cairo.set_source_rgb(*colour)

    def box(self, x: float, y: float, width: float, height: float) -> None:
        self._cairo.rectangle(x, y, width, height)
        self._cairo.fill()

    def show(self, layout: Layout, x: float, y: float) -> None:
        self._cairo.move_to(x, y)
        _pangocairo.pango_cairo_show_layout(self._cr, layout.pointer)

    def show_line(self, line: Line, x: float, y: float) -> None:
        """:param y: of the line's baseline."""
        self._cairo.move_to(x + line.left, y)
        _pangocairo.pango_cairo_show_layout_line(self._cr, line.pointer)

    def next_page(self) -> None:
        self._cairo.show_page()

    def close(self) -> None:
        self._surface.finish()
