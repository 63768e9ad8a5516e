"""Milliseconds of answers: of all, and of those that the host did not disturb."""

import math
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from benchmarks import tables
from benchmarks.disturbed import Host

Answer: TypeAlias = Sequence[float]
"""When it came (epoch seconds), and after how many milliseconds."""
TITLES: Final = (
    *("answers", "p50 ms", "p95 ms", "target", "met?"),
    *("undisturbed", "p95 ms", "met?"),
)


def timed(call: Callable[[], Any]) -> Answer:
    started = time.perf_counter()
    call()
    return time.time(), (time.perf_counter() - started) * 1000


def cells(answers: Sequence[Answer], most: int | None, host: Host) -> list[str]:
    """:param most: milliseconds of the 95th percentile; None: there is no target."""
    taken = [milliseconds for _, milliseconds in answers]
    undisturbed = host.undisturbed(answers)
    p95, met = _p95(taken, most)
    return [
        f"{len(taken):,}",
        f"{percentile(taken, 50):.0f}",
        p95,
        "-" if most is None else str(most),
        met,
        f"{len(undisturbed):,}",
        *_p95(undisturbed, most),
    ]


def percentile(taken: Sequence[float], percent: int) -> float:
    """The least that so many percent of them do not exceed."""
    return sorted(taken)[math.ceil(percent * len(taken) / 100) - 1]


def _p95(taken: Sequence[float], most: int | None) -> tuple[str, str]:
    if not taken:
        return "-", "-"
    p95 = percentile(taken, 95)
    return f"{p95:.0f}", tables.met(value=p95, at_most=most)
