"""What carries the messages, as a test can harm it: files in a folder, or Redis."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import redis as client

from tests.journeys.programs import Program, eventually
from tests.services.processes import free_port


class Broker(Protocol):
    def waiting(self) -> int: ...

    def lose(self) -> None: ...

    def double(self) -> None: ...


class Folder:
    def __init__(self, var: Path) -> None:
        self._messages = var / "broker" / "messages"

    def _files(self) -> list[Path]:
        return list(self._messages.glob("*.msg"))

    def waiting(self) -> int:
        return len(self._files())

    def lose(self) -> None:
        """All of it, also what says which queues there are."""
        for folder in ("messages", "control"):
            for path in (self._messages.parent / folder).iterdir():
                path.unlink(missing_ok=True)

    def double(self) -> None:
        for path in self._files():
            _, _, queue = path.name.partition(".")
            shutil.copy(path, path.with_name(f"1_{uuid4()}.{queue}"))


class Redis:
    """A private server that can be stopped and comes back empty, on one port."""

    QUEUES = ("interactive", "bulk")

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        assert program, "no Redis: scripts/system_packages.sh test"
        command = [program, "--bind", "127.0.0.1", "--port", str(self._port)]
        command += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        self._server = Program(command, env={}, log=folder / "redis.log")
        self._client = client.Redis(port=self._port, host="127.0.0.1")

    def start(self) -> None:
        self._server.start()
        eventually(self._answers, seconds=60, what="Redis answers")

    def stop(self) -> None:
        self._client.close()
        self._server.stop()

    @contextmanager
    def away(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1):
                return True
        except OSError:
            return False

    def waiting(self) -> int:
        return sum(self._client.llen(queue) for queue in self.QUEUES)

    def lose(self) -> None:
        """All of it, also what says which queues there are."""
        self._client.flushall()

    def double(self) -> None:
        for queue in self.QUEUES:
            for message in self._client.lrange(queue, 0, -1):
                self._client.lpush(queue, message)
