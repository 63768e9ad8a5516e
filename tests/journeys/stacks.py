"""A whole installation of its own: web server, worker, database, broker, storage."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from exports import throttles
from tests.journeys.brokers import Broker, Folder, Redis
from tests.journeys.console import Console
from tests.journeys.databases import Database, Sqlite, fresh_postgres
from tests.journeys.programs import ROOT, Program, eventually
from tests.journeys.storages import Folder as Files
from tests.journeys.storages import Storage
from tests.services.processes import free_port

BIN = Path(sys.executable).parent
WORKER = (
    *("celery", "-A", "kyb_export", "worker", "-P", "prefork", "-c", "2"),
    *("-Q", "housekeeping,interactive,bulk,deliveries", "--without-gossip"),
    "--without-mingle",
    *("--without-heartbeat", "--loglevel", "INFO"),
)
BEAT = (
    *("celery", "-A", "kyb_export", "beat", "--pidfile=", "--loglevel", "INFO"),
    "--max-interval=1",
)
WEB = (
    *("gunicorn", "kyb_export.wsgi", "--worker-class", "gthread", "--threads", "8"),
    "--no-control-socket",
)
EMBEDDED, SERVERS = "SQLite and files", "PostgreSQL and Redis"


def wanted() -> list[str]:
    """What the run is for: 'make test' runs once over each kind of deployment."""
    url = os.environ.get("DATABASE_URL", "")
    if url.startswith("sqlite:"):
        return [EMBEDDED]
    return [SERVERS] if url else [EMBEDDED, SERVERS]


@dataclass(frozen=True, slots=True)
class Stack:
    name: str
    var: Path
    env: Mapping[str, str]
    database: Database
    broker: Broker
    web: Program
    worker: Program
    console: Console
    kept: Storage

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.env['PORT']}"

    @property
    def storage(self) -> Path:
        return self.var / "exports"

    def manage(self, *arguments: str) -> list[str]:
        """The lines that a management command prints."""
        return self.console.run(arguments)

    def key(self, *businesses: str, more: str = "") -> str:
        """:param more: scopes beside the usual ones, each after a comma."""
        arguments = [part for name in businesses for part in ("--business", name)]
        usual = "exports:write,exports:read,templates:write,schedules:write"
        scopes = f"{usual},webhooks:write,pii:read{more}"
        lines = self.manage("create_api_key", *arguments, "--scopes", scopes)
        return lines[-1]

    def beat(self, **env: str) -> Program:
        """Not yet started; it looks for what is due as often as ``env`` says."""
        command = [str(BIN / BEAT[0]), *BEAT[1:]]
        return Program(command, env={**self.env, **env}, log=self.var / "beat.log")

    def send_task(self, name: str) -> None:
        """As beat does."""
        subprocess.run(
            [BIN / "celery", "-A", "kyb_export", "call", name],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            check=True,
        )

    def wait_for_web(self) -> None:
        eventually(self._answers, seconds=60, what="the web server answers")

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except (requests.ConnectionError, requests.Timeout):
            return False

    def logs(self) -> dict[str, str]:
        """The end of each program's log."""
        logs = sorted(self.var.rglob("*.log"))
        return {log.name: log.read_text(errors="replace")[-6000:] for log in logs}


@contextmanager
def running(
    name: str, env: Mapping[str, str] | None = None, **knobs: str
) -> Iterator[Stack]:
    """Its web server and its worker, kept up."""
    with installed(name, env, **knobs) as stack, ExitStack() as programs:
        for program in (stack.web, stack.worker):
            program.start()
            programs.callback(program.stop)
        stack.wait_for_web()
        yield stack


@contextmanager
def installed(
    name: str, env: Mapping[str, str] | None = None, **knobs: str
) -> Iterator[Stack]:
    """:param env: variables of other programs' kind.

    :param knobs: ``EXPORT_<NAME>``, by their names in lower case.
    """
    with ExitStack() as parts:
        var = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="kybvar")))
        known = {**_environment(var, knobs), **(env or {})}
        yield _stack(name, var, known, parts)


def _environment(var: Path, knobs: Mapping[str, str]) -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    # A journey asks more in a minute than one caller may; one of limits names its own.
    env |= {f"EXPORT_LIMIT_{kind.upper()}": "100000" for kind in throttles.KINDS}
    env |= {f"EXPORT_{name.upper()}": value for name, value in knobs.items()}
    return env | {"VAR_DIR": str(var), "PORT": str(free_port())}


def _stack(name: str, var: Path, env: dict[str, str], parts: ExitStack) -> Stack:
    database: Database = Sqlite(var / "db.sqlite3")
    broker: Any = Folder(var)
    if name == SERVERS:
        database = parts.enter_context(fresh_postgres())
        env["QUERY_DATABASE_URL"] = database.query_url
        broker = Redis(var)
        broker.start()
        parts.callback(broker.stop)
        env |= {"REDIS_URL": broker.url, "CELERY_BROKER_URL": broker.url}
    env["DATABASE_URL"] = database.url
    console = Console(env)
    parts.callback(console.close)
    bind = ("--bind", f"127.0.0.1:{env['PORT']}")
    return Stack(
        name=name,
        var=var,
        env=env,
        database=database,
        broker=broker,
        web=Program([str(BIN / WEB[0]), *WEB[1:], *bind], env=env, log=var / "web.log"),
        worker=Program(
            [str(BIN / WORKER[0]), *WORKER[1:]], env=env, log=var / "worker.log"
        ),
        console=console,
        kept=Files(var / "exports"),
    )
