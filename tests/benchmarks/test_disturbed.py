"""What the host of a machine took is told, and kept apart."""

from itertools import count
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
    """The host took a tenth of the second second's CPU, and nothing else."""
    taken = [0.0, 0.0, 0.2, 0.2, 0.2]
    counted = iter(Times(each, 2 * at - each) for at, each in enumerate(taken))
    monkeypatch.setattr(psutil, "cpu_times", lambda: next(counted))
    clock = count(100.0)
    monkeypatch.setattr(disturbed, "time", SimpleNamespace(time=lambda: next(clock)))
    made = Host()
    for _ in range(3):
        made.look()
    return made


def test_host_tells_what_it_took(host):
    assert str(host) == (
        "The host took 3.3% of this machine's CPU. Undisturbed is what met none of"
        " the 1 s in which it took more than 5%."
    )


def test_share_is_told_of_any_while(host):
    shares = [host.share(*each) for each in ((100, 101), (101, 102), (103.5, 104))]

    assert [round(each, 6) for each in shares] == [0, 0.1, 0]


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
