"""Programs that run beside the tests, kept up until they are told to stop."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Program:
    """A command in a process group of its own; what dies is started again."""

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str], log: Path
    ) -> None:
        self._command, self._env, self.log = list(command), dict(env), log
        self._groups: list[int] = []
        self._stopping = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: Thread | None = None

    def start(self) -> None:
        self._stopping.clear()
        self._launch()
        self._keeper = Thread(target=self._keep, daemon=True)
        self._keeper.start()

    @property
    def pid(self) -> int:
        return self._running.pid

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def _launch(self) -> None:
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._groups.append(self._process.pid)

    def _keep(self) -> None:
        while True:
            self._running.wait()
            if self._stopping.wait(0.2):
                return
            self._launch()

    def stop(self) -> None:
        """At once: whatever it is doing, it must be able to end like this."""
        self._stopping.set()
        self.kill_groups()
        if self._keeper:
            self._keeper.join()

    def end(self) -> None:
        """By asking, for what has programs of its own to end first."""
        self._stopping.set()
        self._running.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._running.wait(60)
        self.stop()

    def kill_groups(self) -> None:
        """Every process of this program, also those whose parent is gone."""
        for group in self._groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        self._groups = [group for group in self._groups if _is_alive(group)]

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in path.read_text().split()]


def _is_alive(group: int) -> bool:
    return Path(f"/proc/{group}").exists()


def eventually(look: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """The first truthy thing that is seen."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
    return seen
