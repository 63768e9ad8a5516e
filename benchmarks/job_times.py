"""How long jobs take from the 202 to ``completed``, one after the other."""

import time
from contextlib import closing
from http.client import HTTPConnection
from typing import Final

from benchmarks import tables
from benchmarks.client import Client
from benchmarks.installations import Installation
from benchmarks.service import serving
from benchmarks.spec import BUSINESS, of_case
from benchmarks.targets import JOB_P95_S, TARGETS
from benchmarks.timing import percentile

TITLES: Final = ("format", "p50 s", "p95 s", "longest s", "target", "met?")
CASES: Final = tuple(case for case in TARGETS if case != "pdf")
POLL_SECONDS: Final = 0.05
GIVEN_UP_SECONDS: Final = 120


def report(
    installation: Installation,
    *,
    rows: int,
    jobs: int,
    cases: tuple[str, ...] = CASES,
) -> None:
    """:param rows: what the business has, so what each job must say it wrote."""
    print(f"\n## {jobs} jobs of {rows:,} rows, {installation.name}\n")
    [key] = installation.keys(1, BUSINESS)
    with (
        serving(installation.environment) as service,
        closing(HTTPConnection("127.0.0.1", service.port, timeout=60)) as connection,
    ):
        client = Client(connection, key)
        # The worker's processes load a format's library with its first job.
        taken = {
            case: [_seconds(client, case, rows) for _ in range(2 + jobs)][2:]
            for case in cases
        }
    print(tables.text(TITLES, [_cells(case, taken[case]) for case in cases]))


def _seconds(client: Client, case: str, rows: int) -> float:
    """:raises RuntimeError: it ends otherwise than completed and whole."""
    job = client.call("/v1/export/jobs", of_case(case))
    started = time.monotonic()
    while job["status"] in {"pending", "processing"}:
        if time.monotonic() > started + GIVEN_UP_SECONDS:
            break
        time.sleep(POLL_SECONDS)
        job = client.call(f"/v1/export/jobs/{job['job_id']}")
    seconds = time.monotonic() - started
    if job["status"] != "completed" or job["rows_written"] != rows:
        raise RuntimeError(f"{case}: {job}")
    return seconds


def _cells(case: str, taken: list[float]) -> list[str]:
    p95 = percentile(taken, 95)
    return [
        case,
        f"{percentile(taken, 50):.2f}",
        f"{p95:.2f}",
        f"{max(taken):.2f}",
        str(JOB_P95_S),
        tables.met(value=p95, at_most=JOB_P95_S),
    ]
