"""How long an unloaded server takes to answer: gunicorn on loopback, one client."""

import math
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from benchmarks import tables
from benchmarks.bench import Bench
from benchmarks.client import Client, is_up
from benchmarks.database import ROOT, manage
from benchmarks.spec import SMALL, of_case
from benchmarks.targets import EXPORT_P95_MS, READ_P95_MS, TARGETS
from tests.services.processes import free_port, running

TITLES: Final = ("request", "p50 ms", "p95 ms", "target", "met?")
REQUESTS: Final = 100
WARM: Final = 5
"""Requests before the first that counts: the format's library is loaded then."""


def report(bench: Bench, requests: int = REQUESTS) -> None:
    print(f"\n## Answers over HTTP, {requests} of each\n")
    with _server(bench) as client:
        rows = [_row(name, call, most, requests) for name, call, most in _calls(client)]
    print(tables.text(TITLES, rows))


def _calls(client: Client) -> Iterator[tuple[str, Callable[[], Any], int]]:
    """Name, call, and milliseconds at most."""
    for case in (case for case in TARGETS if case != "pdf"):
        spec = of_case(case) | {"business_id": SMALL}
        export = partial(client.call, "/v1/export", spec)
        yield f"export {case}", export, EXPORT_P95_MS
    job = client.call("/v1/export/jobs", of_case("csv") | {"business_id": SMALL})
    status = f"/v1/export/jobs/{job['job_id']}"
    yield "job status", partial(client.call, status), READ_P95_MS
    template = "/v1/export/templates/verifications_csv"
    yield "template", partial(client.call, template), READ_P95_MS


def _row(name: str, call: Callable[[], Any], most: int, requests: int) -> list[str]:
    for _ in range(min(WARM, requests)):
        call()
    return row_of(name, [_milliseconds(call) for _ in range(requests)], most)


def row_of(name: str, taken: Sequence[float], most: int) -> list[str]:
    """:param taken: milliseconds; :param most: of the 95th percentile."""
    p95 = percentile(taken, 95)
    return [
        name,
        f"{percentile(taken, 50):.0f}",
        f"{p95:.0f}",
        str(most),
        tables.met(value=p95, at_most=most),
    ]


def percentile(taken: Sequence[float], percent: int) -> float:
    """The least that so many percent of them do not exceed."""
    return sorted(taken)[math.ceil(percent * len(taken) / 100) - 1]


def _milliseconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


@contextmanager
def _server(bench: Bench) -> Iterator[Client]:
    scopes = "exports:write,exports:read,pii:read"
    made = manage(
        *("create_api_key", f"--business={SMALL}", f"--scopes={scopes}"),
        environment=bench.environment,
    )
    with (
        serving(bench.environment, folder=bench.folder) as port,
        closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection,
    ):
        yield Client(connection, made.split()[-1])


@contextmanager
def serving(environment: dict[str, str], *, folder: Path) -> Iterator[int]:
    """The port of a web server on loopback."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "kyb_export.wsgi"]
    command += ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    command += ["--threads", "16", "--no-control-socket"]
    with running(
        command,
        log=folder / "gunicorn.log",
        ready=lambda: is_up(port),
        # Told to quit at once, it can lock itself up in the handler of the signal.
        stop=signal.SIGTERM,
        cwd=ROOT,
        env=environment,
    ):
        yield port
