"""When the host of this machine kept its CPU for others: that is not the service's."""

import time
from collections.abc import Iterable, Sequence
from typing import Final

import psutil  # type: ignore[import-untyped] # its stubs are another package

MOST_TAKEN: Final = 0.05
"""Of all CPU time between two looks; with more, the answers between them are apart."""


class Host:
    """What it took between two looks, which nothing but this machine's count tells."""

    def __init__(self) -> None:
        self._last = self._look()
        self._disturbed: list[tuple[float, float]] = []
        self._taken = self._whole = 0.0

    def look(self) -> None:
        began, taken, whole = self._last
        self._last = ended, taken_now, whole_now = self._look()
        taken, whole = taken_now - taken, whole_now - whole
        self._taken, self._whole = self._taken + taken, self._whole + whole
        if taken > MOST_TAKEN * whole:
            self._disturbed.append((began, ended))

    @property
    def share(self) -> float:
        """Of all CPU time between the first look and the last."""
        return self._taken / self._whole if self._whole else 0.0

    @property
    def seconds(self) -> float:
        """How long it took more than may be."""
        return sum(ended - began for began, ended in self._disturbed)

    def undisturbed(self, answers: Iterable[Sequence[float]]) -> list[float]:
        """:param answers: when each came (epoch seconds), and after how many ms."""
        return [
            milliseconds
            for at, milliseconds in answers
            if not self._met(at - milliseconds / 1000, at)
        ]

    def _met(self, began: float, ended: float) -> bool:
        return any(began < last and ended > first for first, last in self._disturbed)

    @staticmethod
    def _look() -> tuple[float, float, float]:
        times = psutil.cpu_times()
        # What guests of this machine had is counted as its users' already.
        whole = sum(times) - times.guest - times.guest_nice
        return time.time(), times.steal, whole
