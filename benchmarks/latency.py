"""How long an unloaded server takes to answer: gunicorn on loopback, one client."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from benchmarks import tables, timing
from benchmarks.bench import Bench
from benchmarks.client import Client, is_up
from benchmarks.database import ROOT, manage
from benchmarks.disturbed import Host
from benchmarks.spec import SMALL, of_case
from benchmarks.targets import EXPORT_P95_MS, READ_P95_MS, TARGETS
from benchmarks.timing import Answer, timed
from tests.services.processes import free_port, running

TITLES: Final = ("request", *timing.TITLES)
REQUESTS: Final = 100
WARM: Final = 5
"""Requests before the first that counts: the format's library is loaded then."""


def report(bench: Bench, requests: int = REQUESTS) -> None:
    print(f"\n## Answers over HTTP, {requests} of each\n")
    with _server(bench) as client, Host() as host:
        rows = [
            [name, *timing.cells(_timed(call, requests), most, host)]
            for name, call, most in _calls(client)
        ]
    print(tables.text(TITLES, rows))
    print(f"\n{host}")


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


def _timed(call: Callable[[], Any], requests: int) -> list[Answer]:
    for _ in range(min(WARM, requests)):
        call()
    return [timed(call) for _ in range(requests)]


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
