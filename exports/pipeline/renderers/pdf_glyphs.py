"""Which characters no installed font can show, and which it shows as a picture."""

import re
from collections.abc import Iterable
from typing import Final

from exports.pipeline.renderers.pdf_canvas import Canvas, Layout, Style

# What Unicode shows as a picture by itself, or by the mark that asks for one.
_PICTURES: Final = re.compile(
    "[\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f"
    "\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5"
    "\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797"
    "\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\ufe0f\U0001f004\U0001f0cf\U0001f18e"
    "\U0001f191-\U0001f19a\U0001f1e6-\U0001faff]"
)


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
