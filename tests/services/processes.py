"""What the private servers share: a free port, a start that waits, a sure stop."""

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class NoServer(Exception):
    """:ivar args: what is missing, and the remedy."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str],
    *,
    log: Path,
    ready: Callable[[], bool],
    stop: signal.Signals = signal.SIGINT,
    **popen: Any,
) -> Iterator[None]:
    """Runs a server while the block runs.

    :param stop: what it ends by.

    It gets a session of its own: Ctrl-C in the terminal is for the tests, which need
    their servers until they have ended.

    :raises NoServer: when it ends, or does not answer within 30 seconds.
    """
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, stdout=output, stderr=output, start_new_session=True, **popen
        )
    try:
        _wait(server, ready, log)
        yield
    finally:
        _stop(server, stop)


def _wait(
    server: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path
) -> None:
    deadline = time.monotonic() + 30
    while not ready():
        if server.poll() is not None or time.monotonic() > deadline:
            tail = log.read_text(errors="replace")[-2000:]
            raise NoServer(f"{server.args!r} did not start:\n{tail}")
        time.sleep(0.05)


def _stop(server: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    server.send_signal(stop)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
