"""When the host of this machine kept its CPU for others: that is not the service's."""

import time
from collections.abc import Iterable, Sequence
from threading import Event, Lock, Thread
from typing import Final, Self

import psutil  # type: ignore[import-untyped] # its stubs are another package

LOOK_SECONDS: Final = 0.5
MOST_TAKEN: Final = 0.05
"""Of all CPU time between two looks; with more, the answers between them are apart."""


class Host:
    """What it takes while the block runs: this machine counts it."""

    def __init__(self) -> None:
        self._last = _counted()
        self._disturbed: list[tuple[float, float]] = []
        self._taken = self._whole = 0.0
        self._ended, self._lock = Event(), Lock()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self.look()

    def look(self) -> None:
        with self._lock:
            (began, taken, whole), self._last = self._last, _counted()
            ended, taken_now, whole_now = self._last
            taken, whole = taken_now - taken, whole_now - whole
            self._taken, self._whole = self._taken + taken, self._whole + whole
            if taken > MOST_TAKEN * whole:
                self._disturbed.append((began, ended))

    def __str__(self) -> str:
        share = self._taken / self._whole if self._whole else 0.0
        seconds = sum(ended - began for began, ended in self._disturbed)
        return (
            f"The host took {share:.1%} of this machine's CPU. Undisturbed is what met"
            f" none of the {seconds:.0f} s in which it took more than {MOST_TAKEN:.0%}."
        )

    def undisturbed(self, answers: Iterable[Sequence[float]]) -> list[float]:
        """Milliseconds, of the answers up to this moment.

        :param answers: when each came (epoch seconds), and after how many ms.
        """
        self.look()
        return [
            milliseconds
            for at, milliseconds in answers
            if not self._met(at - milliseconds / 1000, at)
        ]

    def _met(self, began: float, ended: float) -> bool:
        return any(began < last and ended > first for first, last in self._disturbed)

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            self.look()


def _counted() -> tuple[float, float, float]:
    """When, what the host has taken, and all CPU time there was."""
    times = psutil.cpu_times()
    # What guests of this machine had is counted as its users' already.
    whole = sum(times) - times.guest - times.guest_nice
    return time.time(), times.steal, whole
