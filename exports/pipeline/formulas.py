"""Which texts a spreadsheet would run as a formula, and how they are made harmless.

Spreadsheets fold look-alikes and skip what cannot be seen, so a text is judged after
compatibility folding (NFKC) and after its invisible beginning: the first character
that is left decides. A raw TAB, CR or LF at the head breaks a cell out of its place.
Source: OWASP, CSV Injection; the folding was observed in LibreOffice.
"""

import unicodedata
from typing import Final

from exports.pipeline.columns import Cells

_STARTERS: Final = frozenset("=+-@|%")
_BREAKERS: Final = frozenset("\t\r\n")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
# Letters, marks and a symbol that show nothing, variation selectors among them.
_FILLERS: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
).union(map(chr, range(0xFE00, 0xFE10)), map(chr, range(0xE0100, 0xE01F0)))

_HARMLESS, _SKIPPED, _RISKY = range(3)


class _Kinds(dict[str, int]):
    """What a leading character is; worked out once for each character met."""

    def __missing__(self, character: str) -> int:
        folded = unicodedata.normalize("NFKC", character).strip()
        if folded[:1] in _STARTERS and folded:
            kind = _RISKY
        elif not folded or _is_invisible(character):
            kind = _SKIPPED
        else:
            kind = _HARMLESS
        self[character] = kind
        return kind


def _is_invisible(character: str) -> bool:
    category = unicodedata.category(character)
    return category in _INVISIBLE or character in _FILLERS


_KINDS: Final = _Kinds()


def is_risky(text: str) -> bool:
    if text[:1] in _BREAKERS and text:
        return True
    for character in text:
        kind = _KINDS[character]
        if kind != _SKIPPED:
            return kind == _RISKY
    return False


def neutralise(cells: Cells) -> tuple[Cells, int]:
    """An apostrophe before each risky text; and how many there were."""
    heads = {cell[0] for cell in cells if cell}
    suspected = {head for head in heads if _KINDS[head] != _HARMLESS}
    if not suspected:
        return cells, 0
    risky = [
        index
        for index, cell in enumerate(cells)
        if cell and cell[0] in suspected and is_risky(cell)
    ]
    if not risky:
        return cells, 0
    changed = list(cells)
    for index in risky:
        changed[index] = f"'{changed[index]}"
    return changed, len(risky)
