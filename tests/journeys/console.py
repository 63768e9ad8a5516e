"""Management commands of one installation, without a start of Python for each.

A process imports the project once; every command runs in a fork of it.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import IO, Any

import django
from django.core.management import execute_from_command_line

from tests.journeys.programs import ROOT


class Console:
    """Started by its first command. :ivar env: what its commands see."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self._lock = Lock()
        self._process: subprocess.Popen[str] | None = None

    def run(self, arguments: Sequence[str]) -> list[str]:
        """The lines that a management command prints."""
        with self._lock:
            process = self._process = self._process or self._started()
            stdin, stdout = _pipes(process)
            stdin.write(f"{json.dumps(arguments)}\n")
            stdin.flush()
            done = json.loads(stdout.readline())
        assert done["code"] == 0, done["errors"]
        return str(done["output"]).splitlines()

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.console"],
            cwd=ROOT,
            env={**self.env, "DJANGO_SETTINGS_MODULE": "kyb_export.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        if self._process:
            self._process.communicate()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin
    assert process.stdout
    return process.stdin, process.stdout


def main() -> None:
    """Reads commands, a line of JSON each, and writes what became of them."""
    django.setup()
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(_forked(json.loads(line)))}\n")
        sys.stdout.flush()


def _forked(arguments: Sequence[str]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        child = os.fork()
        if child == 0:
            os.dup2(output.fileno(), 1)
            os.dup2(errors.fileno(), 2)
            os._exit(_code(arguments))
        _, status = os.waitpid(child, 0)
        return {
            "code": os.waitstatus_to_exitcode(status),
            "output": _text(output),
            "errors": _text(errors),
        }


def _code(arguments: Sequence[str]) -> int:
    """Of the command, as a process of its own would end with it."""
    try:
        execute_from_command_line(["manage.py", *arguments])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 -- a process says what ended it
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


if __name__ == "__main__":
    main()
