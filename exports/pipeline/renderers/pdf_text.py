"""Canonical text -> what stands in a cell of a PDF."""

import re
from typing import Final

from exports.pipeline.columns import Cells, ColumnType, OutColumn, Tally

CELL_LIMIT: Final = 32_767
"""Characters: some sixty pages of a narrow column."""
CUT_MARK: Final = "… [cut]"
NONE_MARK: Final = "–"

# Where a value that does not fit its column on one line is broken, widest lines first.
_BREAKS: Final[dict[ColumnType, tuple[tuple[int, ...], ...]]] = {
    ColumnType.UUID: ((19,), (14, 24)),
    ColumnType.DATETIME: ((11,), (11, 26)),
}

_LINE_ENDS: Final = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Without a shape, and what cairo takes for broken UTF-8.
_NONCHARACTERS: Final = "".join(
    chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)
)
_UNSHOWN: Final = re.compile(
    f"[\0-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_NONCHARACTERS}]"
)


def breaks(column: OutColumn) -> tuple[tuple[int, ...], ...]:
    """Ways to break such a value; none: wherever a line ends."""
    return _BREAKS.get(column.type, ())


def pieces(text: str, places: tuple[int, ...]) -> list[str]:
    starts = (0, *places)
    ends = (*places, len(text))
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def broken(texts: list[str], *, places: tuple[int, ...]) -> list[str]:
    """In a few lines what would else be broken at any character."""
    if not places:
        return texts
    return [
        "\n".join(pieces(text, places)) if len(text) > places[-1] else text
        for text in texts
    ]


def shown(column: OutColumn, cells: Cells, tally: Tally) -> list[str]:
    return [
        NONE_MARK
        if text is None
        else text
        if text.isprintable() and len(text) <= CELL_LIMIT
        else _clean(column, text, tally)
        for text in cells
    ]


def plain(text: str, *, limit: int) -> str:
    """Of a title or label: one line, nothing that has no shape."""
    line = " ".join(_UNSHOWN.sub(_picture, text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _clean(column: OutColumn, text: str, tally: Tally) -> str:
    if len(text) > CELL_LIMIT:
        tally.add(column.name, "cut")
        text = text[: CELL_LIMIT - len(CUT_MARK)] + CUT_MARK
    text, replaced = _UNSHOWN.subn(_picture, _LINE_ENDS.sub("\n", text))
    tally.add(column.name, "replaced", 1 if replaced else 0)
    return text


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code == 0x7F:
        return "\u2421"
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"
