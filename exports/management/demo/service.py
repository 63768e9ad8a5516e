"""The service under its supervisor, for as long as somebody needs it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings

from exports.errors import Unavailable


@contextmanager
def running(port: int) -> Iterator[str]:
    """The base URL of web, worker and beat; all are stopped at the end.

    :raises Unavailable: the port is taken, or the web server does not come up.
    """
    base = f"http://127.0.0.1:{port}"
    if _answers(base):
        raise Unavailable(f"port {port} is in use: run PORT=8001 make demo")
    log: Path = settings.VAR_DIR / "log"
    log.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PORT": str(port), "VAR_DIR": str(settings.VAR_DIR)}
    command = [
        *(sys.executable, "-m", "supervisor.supervisord", "--nodaemon"),
        *("--configuration", "deploy/supervisord.conf"),
    ]
    with (log / "demo.log").open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and file  # nosec B603
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(base, process, log)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(base: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(base):
            return
        time.sleep(0.2)
    raise Unavailable(f"the service did not come up: {log} says why")


def _answers(base: str) -> bool:
    try:
        with urlopen(f"{base}/readyz", timeout=5) as answer:  # noqa: S310 - loopback  # nosec B310
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
