"""The service as ``make serve`` keeps it up: web server, worker and beat."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil  # type: ignore[import-untyped] # its stubs are another package

from benchmarks.client import is_up
from benchmarks.database import ROOT
from tests.services.processes import free_port

PROGRAMS: Final = {"gunicorn": "web", "worker": "worker", "beat": "beat"}
"""A word of its command -> what a program is called here."""
PATIENCE: Final = 60
"""Seconds that starting and ending may take."""


@dataclass(frozen=True, slots=True)
class Service:
    port: int
    supervisor: psutil.Process

    def resident_mb(self) -> dict[str, float]:
        """Program -> resident memory of all its processes together."""
        sizes: dict[str, float] = {}
        for program in self.supervisor.children():
            name = _name(program)
            if name:
                sizes[name] = sizes.get(name, 0.0) + _resident(program)
        return sizes


@contextmanager
def serving(environment: Mapping[str, str]) -> Iterator[Service]:
    """:param environment: of a migrated installation; its logs go to VAR_DIR.

    :raises RuntimeError: it does not answer.
    """
    logs = Path(environment["VAR_DIR"]) / "log"
    logs.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [str(Path(sys.executable).with_name("supervisord")), "--nodaemon"]
    command += ["--configuration", "deploy/supervisord.conf"]
    with (logs / "output.log").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environment, "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Ctrl-C in the terminal ends the benchmark, which then ends the service.
            start_new_session=True,
        )
    supervisor = psutil.Process(process.pid)
    try:
        _wait(process, port)
        yield Service(port, supervisor)
    finally:
        _end(process, supervisor)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_up(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the service does not answer")
        time.sleep(0.1)


def _end(process: subprocess.Popen[bytes], supervisor: psutil.Process) -> None:
    """By asking; what has not ended by then is killed."""
    try:
        started = supervisor.children(recursive=True)
        supervisor.terminate()
    except psutil.NoSuchProcess:
        started = []
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for left in started:
        if left.is_running():
            left.kill()


def _name(program: psutil.Process) -> str | None:
    try:
        words = " ".join(program.cmdline())
    except psutil.NoSuchProcess:
        return None
    return next((name for word, name in PROGRAMS.items() if word in words), None)


def _resident(program: psutil.Process) -> float:
    """In MB, its children included."""
    whole = 0
    try:
        for process in (program, *program.children(recursive=True)):
            whole += process.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return whole / 2**20
