"""Runs pytest over both kinds of deployment at once, one part after another on screen.

All parts begin together: each waits, now and then, for servers, browsers or clocks.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

EMBEDDED: Final = "SQLite and files"
SERVERS: Final = "PostgreSQL and Redis"
NOTHING_CHOSEN: Final = 5
"""pytest's code when no test is left."""
CLOSING: Final = re.compile(r"^=+ (.+ in [\d.]+s.*?) =+$", re.MULTILINE)
FAILED: Final = re.compile(r"^(?:FAILED|ERROR) .+$", re.MULTILINE)
"""Of pytest's short summary."""
COVERED_PERCENT: Final = 96
"""Of lines and branches together, at least; 95 as coverage.py counts lines."""
MEASURED: Final = (
    *("-m", "slipcover", "--branch", "--json"),
    *("--source", "customers,exports,kyb_export,templates_app"),
    *("--omit", "*/migrations/*,kyb_export/asgi.py,kyb_export/wsgi.py"),
)
"""In the short form one deployment reaches the mark by itself."""
LIMIT_SECONDS: Final = {False: 45 * 60, True: 6 * 60 * 60}
_APART: Final = "(journey or memory)"
AREAS: Final = {
    "journeys": (_APART, []),
    "exports": (f"not {_APART}", ["tests/exports"]),
    "all else": (f"not {_APART}", ["--ignore=tests/exports"]),
}
"""Name -> marks and folders."""


class Part(NamedTuple):
    """What runs by itself: over a deployment, with arguments of pytest."""

    deployment: str
    arguments: list[str]
    is_measured: bool


def deployments(folder: Path) -> dict[str, dict[str, str]]:
    """Name -> environment: the embedded parts, and the servers."""
    return {
        EMBEDDED: {
            "DATABASE_URL": f"sqlite:///{folder / 'embedded.sqlite3'}",
            "REDIS_URL": "",
            "CELERY_BROKER_URL": "",
        },
        SERVERS: {"DATABASE_URL": os.environ["TEST_POSTGRES_URL"]},
    }


def parts(*, full: bool, security: bool) -> dict[str, Part]:
    """By their names. What needs no database is the same over both, and runs once."""
    lengths = "security" if security else "(slow or not slow)" if full else "not slow"
    short = {EMBEDDED: "not (one_stack or browser)", SERVERS: "not pages"}
    profile = ["--hypothesis-profile=full"] if full or security else []
    found = {}
    for area, (marks, folders) in AREAS.items():
        for deployment in (EMBEDDED, SERVERS):
            is_embedded, is_journey = deployment == EMBEDDED, area == "journeys"
            wanted = [marks, lengths]
            wanted += [] if full or security else [short[deployment]]
            chosen = [*folders, "-m", " and ".join(wanted)]
            if not is_embedded and not is_journey:
                chosen.append("--only-with-database")
            is_measured = not is_journey and (is_embedded or full)
            part = Part(deployment, [*chosen, *profile], is_measured)
            found[f"{deployment}: {area}"] = part
    return found


def own_database(environment: dict[str, str], number: int) -> dict[str, str]:
    """Two runs over one server must not make, and drop, the same test database."""
    url = environment["DATABASE_URL"]
    if url.startswith("sqlite:"):
        return environment
    return environment | {"DATABASE_URL": f"{url.rpartition('/')[0]}/run_{number}"}


def redis_of(number: int, deployment: str) -> dict[str, str]:
    """A database of Redis for each run: to empty a cache is to empty one of them."""
    url = f"{os.environ['TEST_REDIS_URL'].rpartition('/')[0]}/{number}"
    used = {} if deployment == EMBEDDED else {"REDIS_URL": url}
    return {
        "TEST_REDIS_URL": url,
        "CELERY_BROKER_URL": used.get("REDIS_URL", ""),
    } | used


def command_of(part: Part, more: Sequence[str], log: Path) -> list[str]:
    # pytest keeps one cache, and two runs would write it at once.
    pytest = ["-m", "pytest", *part.arguments, "-p", "no:cacheprovider"]
    pytest += ["--durations=25", *more]
    if not part.is_measured:
        return [sys.executable, *pytest]
    measured = [*MEASURED, "--out", str(log.with_suffix(".json"))]
    # It is a plugin too, whose modules are there before pytest is.
    pytest += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    return [sys.executable, *measured, *pytest]


def run(
    command: Sequence[str], environment: Mapping[str, str], log: Path, deadline: float
) -> int:
    """:returns: pytest's code; minus the signal's number when its time was over."""
    with (
        log.open("wb") as output,
        subprocess.Popen(  # nosec B603
            command,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        ) as process,
    ):
        try:
            process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            process.kill()
    return process.returncode


def main(arguments: list[str]) -> int:
    security = "--security" in arguments
    full = "--full" in arguments
    pytest = [each for each in arguments if each not in {"--full", "--security"}]
    deadline = time.monotonic() + LIMIT_SECONDS[full or security]
    with (
        tempfile.TemporaryDirectory(prefix="kybrun") as scratch,
        ThreadPoolExecutor(2 * len(AREAS)) as pool,
    ):
        folder = Path(scratch)
        environments = deployments(folder)
        runs: dict[str, tuple[Future[int], Path]] = {}
        for number, (name, part) in enumerate(
            parts(full=full, security=security).items()
        ):
            log = folder / f"{number}.log"
            own = own_database(environments[part.deployment], number)
            own |= redis_of(number, part.deployment)
            command = command_of(part, pytest, log)
            runs[name] = (pool.submit(run, command, own, log, deadline), log)
        closing = [report(name, *run) for name, run in runs.items()]
        failures = [
            line for name, (_, log) in runs.items() for line in failed(name, log)
        ]
        codes = [done.result() for done, _ in runs.values()]
        # A run that had nothing of what was chosen has not failed.
        codes = [code for code in codes if code != NOTHING_CHOSEN]
        # A part of the tests does not reach the mark, and need not.
        codes += [] if security else [coverage(folder)]
    print("\n".join(closing))
    if any(codes):
        print("\n".join(failures))
        print("Failed. CONTRIBUTING.md says how to run one test alone.")
    return int(any(codes))


def report(name: str, done: Future[int], log: Path) -> str:
    """Shows a run as it goes on. :returns: pytest's closing line."""
    print(f"\n######## {name}", flush=True)
    shown = 0
    while True:
        is_over = done.done()
        shown += _show(log, shown)
        if is_over:
            break
        time.sleep(0.5)
    closing = CLOSING.findall(log.read_text(errors="replace"))
    return f"{name}: {closing[-1] if closing else f'ended by {done.result()}'}"


def failed(name: str, log: Path) -> list[str]:
    """Once more at the end, where who looks at a long output begins."""
    return [
        f"{name}: {line}" for line in FAILED.findall(log.read_text(errors="replace"))
    ]


def _show(log: Path, start: int) -> int:
    """What was written from there on. :returns: how much that was."""
    if not log.exists():
        return 0
    with log.open("rb") as written:
        written.seek(start)
        text = written.read()
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()
    return len(text)


def coverage(folder: Path) -> int:
    print("\n######## Coverage", flush=True)
    measured = sorted(map(str, folder.glob("*.json")))
    command = [sys.executable, "-m", "slipcover", "--branch", "--skip-covered"]
    command += ["--fail-under", str(COVERED_PERCENT), "--merge", *measured]
    command += ["--out", str(folder / "merged.json"), "--missing-width", "60"]
    return subprocess.run(command, check=False).returncode  # nosec B603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
