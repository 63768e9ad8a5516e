"""How wide each column of a PDF's table is, and how large its letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exports.pipeline.columns import OutColumn
from exports.pipeline.renderers.pdf_canvas import Canvas, Layout, Style
from exports.pipeline.renderers.pdf_text import breaks, pieces

GUTTER: Final = 4.0
"""Points between a column's edge and its text."""

_AROUND: Final = 2 * GUTTER + 0.5
# The half point: a text as wide as its column must not be broken by rounding.
_REFERENCE: Final = 10.0
_WIDEST: Final = 190.0
"""Points at the reference size, past which a text may as well wrap."""
_LONGEST_WORD: Final = 110.0
_LONGEST_TEXT: Final = 440.0
_STRETCH: Final = 1.5
_MEASURED: Final = 8
# Size of letters -> share of what the columns want beyond what they need.
_LADDER: Final = (
    (9.0, 0.7), (8.5, 0.6), (8.0, 0.5), (7.5, 0.4), (7.0, 0.25), (6.5, 0.1), (6.0, 0.0)
)  # fmt: skip
_FLOOR: Final = 5.5


@dataclass(frozen=True, slots=True)
class Fit:
    """:ivar widths: whole columns in points, gutters included."""

    size: float
    widths: tuple[float, ...]
    broken: tuple[tuple[int, ...], ...]
    """Per column: after which characters each text is broken."""


@dataclass(frozen=True, slots=True)
class _Demand:
    """Points at the reference size: without broken words; without a second line."""

    need: float
    want: float
    ways: tuple[tuple[float, tuple[int, ...]], ...] = ()
    """Width of each way to break the texts, widest first."""

    def places(self, width: float) -> tuple[int, ...]:
        fitting = (places for needed, places in self.ways if needed <= width)
        return next(fitting, ())


def fit(
    columns: Sequence[OutColumn],
    labels: Sequence[str],
    sample: Sequence[Sequence[str]],
    *,
    room: float,
) -> Fit:
    """:param sample: the first rows' cells, column by column."""
    canvas = Canvas()
    regular = Layout(canvas, Style(size=_REFERENCE))
    bold = Layout(canvas, Style(size=_REFERENCE, bold=True))
    demands = [
        _demand(column, (regular, bold), label, cells)
        for column, label, cells in zip(columns, labels, sample, strict=True)
    ]
    size, widths = _share(demands, room)
    scale = size / _REFERENCE
    broken = [
        demand.places((width - 2 * GUTTER) / scale)
        for demand, width in zip(demands, widths, strict=True)
    ]
    return Fit(size, tuple(widths), tuple(broken))


def _demand(
    column: OutColumn, layouts: tuple[Layout, Layout], label: str, cells: Sequence[str]
) -> _Demand:
    regular, bold = layouts
    head = _Demand(_widest(bold, label.split()), _widest(bold, [label]))
    lines = {line for cell in cells for line in cell[:2000].splitlines()}
    want = _widest(regular, lines)
    if column.type.is_number:
        return _Demand(max(head.need, want), max(head.want, want))
    ways = [(want, ())] + [
        (_widest(regular, {part for line in lines for part in pieces(line, way)}), way)
        for way in breaks(column)
    ]
    if len(ways) > 1:
        need = max(head.need, ways[1][0])
        return _Demand(need, max(need, want, head.want), tuple(ways))
    words = {word for line in lines for word in line.split()}
    need = min(max(head.need, _widest(regular, words)), _LONGEST_WORD)
    need = max(need, min(want, _LONGEST_TEXT) / 4)
    return _Demand(need, max(need, min(max(want, head.want), _WIDEST)))


def _widest(layout: Layout, texts: set[str] | Sequence[str]) -> float:
    longest = sorted(texts, key=lambda text: (-len(text), text))[:_MEASURED]
    return max((layout.write(text[:200]).size()[0] for text in longest), default=0.0)


def _share(demands: Sequence[_Demand], room: float) -> tuple[float, list[float]]:
    for size, share in _LADDER:
        scale = size / _REFERENCE
        needs = [demand.need * scale + _AROUND for demand in demands]
        wants = [demand.want * scale + _AROUND for demand in demands]
        if sum(needs) + share * (sum(wants) - sum(needs)) <= room:
            return size, _spread(needs, wants, room)
    scale = _FLOOR / _REFERENCE
    return _FLOOR, _cap([demand.need * scale + _AROUND for demand in demands], room)


def _spread(needs: list[float], wants: list[float], room: float) -> list[float]:
    """All get what they need, then alike of what they want, then some air."""
    if sum(wants) <= room:
        stretch = min(room / sum(wants), _STRETCH)
        return [want * stretch for want in wants]
    beyond = sum(wants) - sum(needs)
    share = (room - sum(needs)) / beyond
    return [
        need + share * (want - need) for need, want in zip(needs, wants, strict=True)
    ]


def _cap(needs: list[float], room: float) -> list[float]:
    """Narrow columns stay whole; the wide ones share what is left."""
    if sum(needs) <= room:
        return needs
    left = room
    ascending = sorted(needs)
    while ascending[0] * len(ascending) <= left:
        left -= ascending.pop(0)
    cap = left / len(ascending)
    return [min(need, cap) for need in needs]
