"""CPU seconds and memory of a piece of work, read from /proc.

The work of a database is done by a process of its own: its seconds count too.
"""

import json
import os
import re
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from django.db import connections

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Usage:
    """:ivar client_s: CPU seconds of this process, user and system.

    :ivar server_s: of the PostgreSQL processes that served it.
    :ivar peak_mb: resident memory at its highest, over what it was at the start.
    """

    client_s: float = 0.0
    server_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0
    rows: int = 0

    @property
    def cpu_s(self) -> float:
        return self.client_s + self.server_s

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**json.loads(text))


class Measured(Usage):
    """Filled while the block runs; connections are opened before it starts."""

    def __enter__(self) -> Self:
        self._servers = _server_pids()
        _forget_peak()
        self._memory = _memory_mb("VmRSS")
        self._server = _cpu_seconds(self._servers)
        self._wall, self._client = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.client_s = time.process_time() - self._client
        self.wall_s = time.perf_counter() - self._wall
        self.server_s = _cpu_seconds(self._servers) - self._server
        self.peak_mb = _memory_mb("VmHWM") - self._memory


def _server_pids() -> list[int]:
    """Of this thread's connections; none for SQLite, which works in this process."""
    pids = []
    for connection in connections.all():
        connection.ensure_connection()
        if connection.vendor == "postgresql":
            pids.append(connection.connection.info.backend_pid)
    return pids


def _cpu_seconds(pids: Iterable[int]) -> float:
    """User and system, in steps of 10 ms.

    :raises FileNotFoundError: the server is on another machine.
    """
    ticks = 0
    for pid in pids:
        # The second field, a name in parentheses, may hold blanks.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICK


def _forget_peak() -> None:
    """What imports needed for a moment is not what the work needs."""
    Path("/proc/self/clear_refs").write_text("5")


def _memory_mb(name: str) -> float:
    status = Path("/proc/self/status").read_text()
    [kilobytes] = re.findall(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    return int(kilobytes) / 1024
