"""A chart of exports by day and end: whole numbers, for a drawing without styles."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from exports.admin.progress import WORDS
from exports.admin.summing import Sums

_HEIGHT: Final = 160
_STEP: Final = 24
_BAR: Final = 18
_MOST_WIDE: Final = 30


@dataclass(frozen=True, slots=True)
class Bar:
    status: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Chart:
    """:ivar most: exports of the day that had most."""

    width: int
    height: int
    bars: list[Bar]
    first: date
    last: date
    most: int


def chart(found: Mapping[tuple[Any, ...], Sums], days: list[date]) -> Chart:
    """:param found: by day and status."""
    numbers = {key: each.exports for key, each in found.items()}
    whole = [sum(numbers.get((day, status), 0) for status in WORDS) for day in days]
    most = max(whole, default=0)
    step = _STEP * _MOST_WIDE // max(len(days), 1)
    bars = [
        bar
        for place, day in enumerate(days)
        for bar in _stack(
            ((status, numbers.get((day, status), 0)) for status in WORDS),
            x=place * step + (step - min(step * _BAR // _STEP, 4 * _BAR)) // 2,
            width=min(step * _BAR // _STEP, 4 * _BAR),
            most=most,
        )
    ]
    return Chart(step * len(days), _HEIGHT, bars, days[0], days[-1], most)


def _stack(
    parts: Iterable[tuple[str, int]], *, x: int, width: int, most: int
) -> Iterator[Bar]:
    """From the ground up; what is there is never too low to be seen."""
    ground, so_far = _HEIGHT, 0
    for status, number in parts:
        if number:
            so_far += number
            top = min(_HEIGHT - so_far * _HEIGHT // most, ground - 1)
            yield Bar(status, x, top, width, ground - top)
            ground = top
