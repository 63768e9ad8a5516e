"""Text as the content of a workbook's cell: escaped, cut, replaced where it must be."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

MOST_UNITS: Final = 32_767
"""UTF-16 code units that a cell can hold."""
CUT_MARK: Final = "… [cut]"
HEAD: Final = "<is><t>"
HEAD_KEEPING_SPACE: Final = '<is><t xml:space="preserve">'
TAIL: Final = "</t></is>"

# Control characters that XML forbids (and CR, which its parsers turn into LF) are
# written _xHHHH_; so text that would read as such an escape has its own "_" escaped.
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}[_\x00-\x08\x0b-\x1f])|[\x00-\x08\x0b-\x1f]")
_IMPOSSIBLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
# NUL is not printable, so no cell that takes the short way contains it.
_BETWEEN: Final = "\x00"
_PADDED: Final = (f" {_BETWEEN}", f"{_BETWEEN} ")
# A character is one or two units.
_SURELY_FITS: Final = MOST_UNITS // 2


def plain_texts(texts: Sequence[str]) -> list[str] | None:
    """All of them escaped at once; None when one needs more than ``& < >``."""
    if not texts:
        return []
    if not "".join(texts).isprintable() or max(map(len, texts)) > _SURELY_FITS:
        return None
    joined = _BETWEEN.join(texts)
    return _escape_markup(joined).split(_BETWEEN) if _is_plain(joined) else None


def _is_plain(joined: str) -> bool:
    return (
        "_x" not in joined
        and not joined.startswith(" ")
        and not joined.endswith(" ")
        and not any(padded in joined for padded in _PADDED)
    )


def inline_string(text: str) -> str:
    """The ``<is>`` element of any text that fits."""
    content = _escape_markup(escape_controls(text))
    keeps_space = text != text.strip() or "\n" in text or "\t" in text
    return f"{HEAD_KEEPING_SPACE if keeps_space else HEAD}{content}{TAIL}"


def escape_controls(text: str) -> str:
    return _ESCAPED.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def treat(text: str) -> Iterator[tuple[str, str]]:
    """Each change that the text needs: what was done, and the text after it."""
    replaced = _IMPOSSIBLE.sub("\ufffd", text)
    if replaced != text:
        yield "replaced", replaced
    if utf16_units(replaced) > MOST_UNITS:
        kept = cut_units(replaced, MOST_UNITS - utf16_units(CUT_MARK))
        yield "cut", kept + CUT_MARK


def utf16_units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def cut_units(text: str, most: int) -> str:
    """The longest head of at most so many UTF-16 units, no character halved."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def without_impossible(text: str) -> str:
    """For names and titles: no control character, nothing that XML forbids."""
    return _IMPOSSIBLE.sub("\ufffd", re.sub("[\x00-\x1f]", " ", text))


def _escape_markup(text: str) -> str:
    # saxutils.escape does the same, and is a Python function more to call.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
