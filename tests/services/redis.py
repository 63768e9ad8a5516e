"""A private Redis that keeps nothing on disk."""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.processes import NoServer, free_port, running


@contextmanager
def redis() -> Iterator[str]:
    """Its URL, while it runs. :raises NoServer: when there is no program."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise NoServer(
            "no Redis: scripts/system_packages.sh test, or give TEST_REDIS_URL"
        )
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="kybredis") as folder:
        command = [program, "--bind", "127.0.0.1", "--port", str(port)]
        command += ["--save", "", "--appendonly", "no", "--dir", folder]
        log = Path(folder) / "log"
        with running(command, log=log, ready=lambda: _answers(port)):
            yield f"redis://127.0.0.1:{port}/0"


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
