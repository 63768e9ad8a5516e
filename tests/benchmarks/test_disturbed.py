"""What the host of a machine took is told, and kept apart."""

from itertools import pairwise
from types import SimpleNamespace
from typing import NamedTuple

import psutil
import pytest

from benchmarks import disturbed
from benchmarks.disturbed import Host


class Times(NamedTuple):
    steal: float
    idle: float
    guest: float = 0.0
    guest_nice: float = 0.0


@pytest.fixture
def host(monkeypatch) -> Host:
    """Of four looks: the host took a tenth of the second interval alone."""
    taken = [0.0, 0.0, 0.2, 0.2]
    looks = iter([Times(each, 2 * at) for at, each in enumerate(taken)])
    monkeypatch.setattr(psutil, "cpu_times", lambda: next(looks))
    clock = iter([100.0, 101.0, 102.0, 103.0])
    monkeypatch.setattr(disturbed, "time", SimpleNamespace(time=lambda: next(clock)))
    made = Host()
    for _ in pairwise(taken):
        made.look()
    return made


def test_share_and_seconds_of_the_host_are_told(host):
    assert (round(host.share, 3), host.seconds) == (round(0.2 / 6.2, 3), 1.0)


@pytest.mark.parametrize(
    ("at", "milliseconds", "is_kept"),
    [
        (100.9, 50, True),
        (101.5, 50, False),
        (102.5, 400, True),
        (102.5, 600, False),
        (103.0, 3000, False),
    ],
)
def test_answer_that_met_the_host_is_apart(host, at, milliseconds, is_kept):
    kept = [milliseconds] if is_kept else []

    assert host.undisturbed([(at, milliseconds)]) == kept
