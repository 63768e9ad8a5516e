"""Whether the memory of programs that run on stays what it is."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Final

from benchmarks import tables

TITLES: Final = ("program", "first tenth MB", "last tenth MB", "growth", "most", "met?")
MOST_GROWTH: Final = 0.1
"""Of the first tenth: allocators give back late."""


def rows(samples: Sequence[Mapping[str, float]]) -> list[list[str]]:
    """:param samples: program -> MB, one after the other, evenly spaced."""
    tenth = max(len(samples) // 10, 1)
    return [
        _row(name, samples[:tenth], samples[-tenth:]) for name in sorted(samples[0])
    ]


def _row(
    name: str, first: Sequence[Mapping[str, float]], last: Sequence[Mapping[str, float]]
) -> list[str]:
    before, after = _mean(name, first), _mean(name, last)
    growth = after / before - 1
    return [
        name,
        f"{before:.0f}",
        f"{after:.0f}",
        f"{growth:+.1%}",
        f"{MOST_GROWTH:+.0%}",
        tables.met(value=growth, at_most=MOST_GROWTH),
    ]


def _mean(name: str, samples: Sequence[Mapping[str, float]]) -> float:
    return mean(sample[name] for sample in samples if name in sample)
