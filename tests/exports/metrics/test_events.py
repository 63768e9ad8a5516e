"""What processes count: added up over threads, forks and the dead."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.http import HttpResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from exports import metrics
from exports.delivery import CHANNELS
from exports.errors import Expired
from tests.exports.metrics.reading import figures, grown, of

ROOT = Path(__file__).resolve().parents[3]
COUNTING = """
import os, signal, django
from concurrent.futures import ThreadPoolExecutor
django.setup()
from exports import metrics

def count(times):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(metrics.limit_refused, ["exports"] * times))

def end():
    os.kill(os.getpid(), signal.SIGKILL)

metrics.begin(["exports"])
count(100)
for times in (20, 30):
    child = os.fork()
    if not child:
        count(times)
        end()
    os.waitpid(child, 0)
count(7)
end()
"""


def sums(folder: Path) -> dict[str, float]:
    """What lies in the folder, whoever wrote it."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))
    found = figures(generate_latest(registry))
    name = "kyb_limit_refusals_total"
    return {"exports": of(found, name, kind="exports") or 0}


def counted_and_killed(var: Path) -> int:
    environment = {
        **os.environ,
        "VAR_DIR": str(var),
        "DJANGO_SETTINGS_MODULE": "kyb_export.settings",
        # As a parent process leaves it.
        "PROMETHEUS_MULTIPROC_DIR": "/nonexistent",
    }
    done = subprocess.run(
        [sys.executable, "-c", COUNTING], cwd=ROOT, env=environment, check=False
    )
    return done.returncode


def test_nothing_is_lost_with_threads_forks_and_killed_processes(tmp_path):
    for _ in range(2):
        assert counted_and_killed(tmp_path) == -9

    assert sums(tmp_path / "metrics") == {"exports": 2 * 157}


@pytest.mark.django_db
def test_known_series_are_there_before_anything_happened():
    metrics.begin(["kind_of_this_test"])

    found = figures()

    name = "kyb_limit_refusals_total"
    assert of(found, name, kind="kind_of_this_test") == 0


def test_every_channel_is_known_before_anything_was_delivered():
    assert sorted(metrics.events.CHANNELS) == sorted(CHANNELS)


@pytest.mark.django_db
def test_method_that_was_made_up_makes_no_series():
    before = figures()

    for method in ("BREW", "WHEN", None):
        metrics.request_answered(method, route="/of/this", status=405, seconds=0.3)

    after = figures()
    assert grown(before, after, "kyb_http_requests_total") == {
        ("other", "/of/this", "4xx"): 3
    }
    count = of(
        after, "kyb_http_request_seconds_count", method="other", route="/of/this"
    )
    assert count == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "served"),
        (206, "range"),
        (304, "not_modified"),
        (416, "no_such_range"),
        (418, "other"),
    ],
)
def test_download_counts_by_its_status(status, outcome):
    before = figures()
    answer = HttpResponse(status=status)

    assert metrics.downloaded("csv", serve=lambda: answer) is answer

    assert grown(before, figures(), "kyb_downloads_total") == {("csv", outcome): 1}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "outcome"),
    [(Expired("x"), "EXPORT_EXPIRED"), (OSError(), "EXPORT_ERROR")],
)
def test_download_that_fails_counts_by_its_code(error, outcome):
    before = figures()

    def fail():
        raise error

    with pytest.raises(type(error)):
        metrics.downloaded("csv", serve=fail)

    assert grown(before, figures(), "kyb_downloads_total") == {("csv", outcome): 1}
