"""Which characters no installed font can show, and which it shows as a picture."""

import re
from collections.abc import Iterable
from typing import Final

from exports.pipeline.renderers.pdf_canvas import Canvas, Layout, Style

_PICTURES: Final = re.compile("[\U0001f1e6-\U0001faff\ufe0f]")


class Glyphs:
    """Counts by shaping, and asks about no character twice."""

    def __init__(self) -> None:
        self._layout = Layout(Canvas(), Style(size=8))
        self._shown: set[str] = set()

    def unknown(self, texts: Iterable[str]) -> int:
        """Characters without a glyph, each time they occur."""
        return sum(self._unknown(text) for text in texts if not text.isascii())

    def _unknown(self, text: str) -> int:
        if self._shown.issuperset(text):
            return 0
        count = self._layout.write(text).unknown_glyphs()
        if not count:
            self._shown.update(text)
        return count


def pictures(texts: Iterable[str]) -> int:
    """Texts with emoji, which a reader of a long table's text will not find."""
    return sum(1 for text in texts if not text.isascii() and _PICTURES.search(text))
