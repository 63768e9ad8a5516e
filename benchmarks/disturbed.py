"""When the host of this machine kept its CPU for others: that is not the service's."""

import math
import time
from collections.abc import Iterable, Sequence
from threading import Event, Lock, Thread
from typing import Final, NamedTuple, Self

import psutil  # type: ignore[import-untyped] # its stubs are another package

LOOK_SECONDS: Final = 0.5
MOST_TAKEN: Final = 0.05
"""Of all CPU time between two looks; with more, the answers between them are apart."""


class Look(NamedTuple):
    """Since the one before: of the CPU seconds of all cores, what the host took."""

    began: float
    ended: float
    taken: float
    whole: float

    def meets(self, began: float, ended: float) -> bool:
        return began < self.ended and ended > self.began


class Host:
    """What it takes while the block runs: this machine counts it."""

    def __init__(self) -> None:
        self._last = _counted()
        self._looks: list[Look] = []
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
            found = Look(began, ended, taken_now - taken, whole_now - whole)
            self._looks.append(found)

    def __str__(self) -> str:
        seconds = sum(each.ended - each.began for each in self._disturbed)
        return (
            f"The host took {self.share():.1%} of this machine's CPU. Undisturbed is"
            f" what met none of the {seconds:.0f} s in which it took more than"
            f" {MOST_TAKEN:.0%}."
        )

    def share(self, began: float = 0, ended: float = math.inf) -> float:
        """Of all CPU time meanwhile; in epoch seconds."""
        met = [each for each in self._looks if each.meets(began, ended)]
        whole = sum(each.whole for each in met)
        return sum(each.taken for each in met) / whole if whole else 0.0

    def undisturbed(self, answers: Iterable[Sequence[float]]) -> list[float]:
        """Milliseconds, of the answers up to this moment.

        :param answers: when each came (epoch seconds), and after how many ms.
        """
        self.look()
        disturbed = self._disturbed
        return [
            milliseconds
            for at, milliseconds in answers
            if not any(each.meets(at - milliseconds / 1000, at) for each in disturbed)
        ]

    @property
    def _disturbed(self) -> list[Look]:
        return [each for each in self._looks if each.taken > MOST_TAKEN * each.whole]

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            self.look()


def _counted() -> tuple[float, float, float]:
    """When, what the host has taken, and all CPU time there was."""
    times = psutil.cpu_times()
    # What guests of this machine had is counted as its users' already.
    whole = sum(times) - times.guest - times.guest_nice
    return time.time(), times.steal, whole
