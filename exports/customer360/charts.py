"""Pictures of the report as SVG: vector, escaped, readable without colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, cos, floor, log10, pi, sin
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from exports.customer360.shown import number

_ACCENT: Final = "#1f4073"
_PALE: Final = "#dde4ee"
_MUTED: Final = "#5b6575"
_GRID: Final = "#d5dae2"

_WIDTH: Final = 523.0
_HEIGHT: Final = 132.0
_LEFT: Final = 46.0
_TOP: Final = 10.0
_BASE: Final = 112.0
_STEPS: Final = 4
_MOST_LABELS: Final = 13
_HALF_SIGN: Final = 2.2
"""Half the width of a label's sign, on average."""


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: Decimal


def bars(items: Sequence[Bar], *, title: str) -> SafeString:
    """Upright ones over their labels; of too many labels every second, third ..."""
    top = _round_top(max((item.value for item in items), default=Decimal(0)))
    slot = (_WIDTH - _LEFT) / max(len(items), 1)
    shift = max(ceil(len(items) / _MOST_LABELS), 1)
    drawn = [
        _bar(item, left=_LEFT + place * slot, slot=slot, top=top)
        for place, item in enumerate(items)
    ]
    labels = [
        (_centred(_LEFT + (place + 0.5) * slot, items[place].label), items[place].label)
        for place in range(0, len(items), shift)
    ]
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" width="{}pt" height="{}pt">'
        "<title>{}</title>{}{}{}</svg>",
        *(_WIDTH, _HEIGHT, _WIDTH, _HEIGHT, title),
        _scale(top),
        format_html_join("", "{}", ((bar,) for bar in drawn)),
        format_html_join(
            "",
            '<text x="{}" y="125" text-anchor="middle" {}>{}</text>',
            ((f"{x:.2f}", _SMALL, label) for x, label in labels),
        ),
    )


def _centred(x: float, label: str) -> float:
    """There, or as far left as it must be for the picture's edge not to cut it."""
    return min(x, _WIDTH - len(label) * _HALF_SIGN)


def _bar(item: Bar, *, left: float, slot: float, top: float) -> SafeString:
    height = max(float(item.value) / top, 0) * (_BASE - _TOP)
    width = min(slot * 0.68, 34)
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
        f"{left + (slot - width) / 2:.2f}",
        f"{_BASE - height:.2f}",
        f"{width:.2f}",
        f"{height:.2f}",
        _ACCENT,
    )


def _scale(top: float) -> SafeString:
    lines = []
    for step in range(_STEPS + 1):
        y = _BASE - (_BASE - _TOP) * step / _STEPS
        value = top * step / _STEPS
        places = 0 if value == int(value) else 2
        text = number(Decimal(str(round(value, 2))), places=places)
        lines.append((f"{y:.2f}", f"{y + 2.4:.2f}", text))
    return format_html_join(
        "",
        '<line x1="46" x2="523" y1="{0}" y2="{0}" stroke="{3}" stroke-width="0.5"/>'
        '<text x="41" y="{1}" text-anchor="end" {4}>{2}</text>',
        ((*line, _GRID, _SMALL) for line in lines),
    )


_SMALL: Final = mark_safe(  # noqa: S308 -- a constant  # nosec B308
    f'font-family="Noto Sans" font-size="7" fill="{_MUTED}"'
)


def _round_top(most: Decimal) -> float:
    """The least of 1, 2, 2.5, 4, 5 or 8 times a power of ten that is not less."""
    if most <= 0:
        return 1.0
    power = 10.0 ** floor(log10(most))
    steps = (1, 2, 2.5, 4, 5, 8, 10)
    return next(step * power for step in steps if step * power >= float(most))


def gauge(score: int, *, label: str) -> SafeString:
    """A half circle that is filled from the left, the score in its middle."""
    shown = min(max(score, 0), 100)
    return format_html(
        '<svg class="gauge" viewBox="0 0 160 92" width="144pt" height="82.8pt">'
        '<title>{}</title><path d="{}" fill="none" stroke="{}" stroke-width="15"/>'
        '<path d="{}" fill="none" stroke="{}" stroke-width="15"/>{}'
        '<text x="80" y="76" text-anchor="middle" font-family="Noto Sans" '
        'font-size="31" font-weight="700" fill="#1c2430">{}</text>'
        '<text x="80" y="89" text-anchor="middle" font-family="Noto Sans" '
        'font-size="8.5" fill="{}">{}</text></svg>',
        gettext("%(score)d of 100: %(band)s") % {"score": score, "band": label},
        *(_arc(100), _PALE, _arc(shown), _ACCENT),
        _ticks((40, 60, 80)),
        *(score, _MUTED, gettext("of 100")),
    )


_RADIUS: Final = 66.0


def _point(share: float, radius: float = _RADIUS) -> str:
    angle = pi * (1 - share / 100)
    return f"{80 + radius * cos(angle):.2f} {82 - radius * sin(angle):.2f}"


def _arc(share: float) -> str:
    return f"M {_point(0)} A {_RADIUS} {_RADIUS} 0 0 1 {_point(share)}"


def _ticks(shares: Sequence[int]) -> SafeString:
    """Where one band ends and the next begins."""
    return format_html_join(
        "",
        '<path d="M {} L {}" stroke="#ffffff" stroke-width="1.6"/>',
        ((_point(share, _RADIUS - 8), _point(share, _RADIUS + 8)) for share in shares),
    )


def scale(risk: Decimal, *, words: Sequence[str], label: str) -> SafeString:
    """Low, medium and high side by side, ever darker, and a mark at the risk.

    :param words: of the three bands, as they are labelled.
    """
    place = 4 + 2.2 * float(min(max(risk, Decimal(0)), Decimal(100)))
    bands = ((0, 40, "#e6eaf1"), (40, 70, "#a9b8cf"), (70, 100, "#1f4073"))
    drawn = format_html_join(
        "",
        '<rect x="{}" y="16" width="{}" height="13" fill="{}"/>'
        '<text x="{}" y="40" text-anchor="middle" {}>{}</text>',
        (
            (
                *(f"{4 + 2.2 * start:.1f}", f"{2.2 * (end - start) - 1:.1f}", fill),
                *(f"{4 + 1.1 * (start + end):.1f}", _SMALL, word),
            )
            for (start, end, fill), word in zip(bands, words, strict=True)
        ),
    )
    mark = f"M {place:.2f} 14 l -5 -9 h 10 z M {place:.2f} 14 v 18"
    return format_html(
        '<svg class="scale" viewBox="0 0 228 44" width="228pt" height="44pt">'
        '<title>{}</title>{}<path d="{}" fill="#1c2430" stroke="#ffffff" '
        'stroke-width="0.8"/></svg>',
        *(label, drawn, mark),
    )


def meter(share: float) -> SafeString:
    """A level bar, filled to a share of 0 to 100."""
    return format_html(
        '<svg class="meter" viewBox="0 0 100 6" width="100pt" height="6pt">'
        '<title>{}</title><rect width="100" height="6" fill="{}"/>'
        '<rect width="{}" height="6" fill="{}"/></svg>',
        *(f"{share:.0f} %", _PALE, f"{min(max(share, 0), 100):.2f}", _ACCENT),
    )
