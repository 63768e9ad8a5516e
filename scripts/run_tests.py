"""Runs pytest over both kinds of deployment at once, one after the other on screen.

Journeys wait more than they work, so they have runs of their own beside the others.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

NOTHING_CHOSEN: Final = 5
"""pytest's code when no test is left."""
CLOSING: Final = re.compile(r"^=+ (.+ in [\d.]+s.*?) =+$", re.MULTILINE)
MEASURED: Final = ["--cov", "--cov-report=", "--cov-fail-under=0"]
"""Twice the time: in the short form one deployment reaches the mark by itself."""
LIMIT_SECONDS: Final = {False: 45 * 60, True: 6 * 60 * 60}


def deployments(folder: Path) -> dict[str, dict[str, str]]:
    """Name -> environment: the embedded parts, and the servers."""
    return {
        "SQLite and files": {
            "DATABASE_URL": f"sqlite:///{folder / 'embedded.sqlite3'}",
            "REDIS_URL": "",
            "CELERY_BROKER_URL": "",
        },
        "PostgreSQL and Redis": {"DATABASE_URL": os.environ["TEST_POSTGRES_URL"]},
    }


def parts(*, full: bool, security: bool) -> dict[str, tuple[str, list[str]]]:
    """Name -> deployment and arguments of a run of its own.

    What needs no database is the same over both, and runs once.
    """
    lengths = "security" if security else "(slow or not slow)" if full else "not slow"
    shared = "" if full or security else " and not (one_stack or browser)"
    profile = ["--hypothesis-profile=full"] if full or security else []
    found = {}
    for deployment in ("SQLite and files", "PostgreSQL and Redis"):
        is_embedded = deployment == "SQLite and files"
        chosen = lengths + shared * is_embedded
        others = ["-m", f"not journey and {chosen}", *profile]
        if not is_embedded:
            others.append("--only-with-database")
        if is_embedded or full:
            others += MEASURED
        found[deployment] = (deployment, others)
        journeys = ["-m", f"journey and {chosen}", *profile]
        found[f"{deployment}: journeys"] = (deployment, journeys)
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
    used = {} if deployment == "SQLite and files" else {"REDIS_URL": url}
    return {
        "TEST_REDIS_URL": url,
        "CELERY_BROKER_URL": used.get("REDIS_URL", ""),
    } | used


def start(
    environment: dict[str, str], pytest: list[str], log: Path
) -> subprocess.Popen[bytes]:
    own = {"COVERAGE_FILE": str(log.with_suffix(".coverage"))}
    # pytest keeps one cache, and two runs would write it at once.
    command = [sys.executable, "-m", "pytest", *pytest]
    command += ["-p", "no:cacheprovider", "--durations=25"]
    with log.open("wb") as output:
        return subprocess.Popen(  # nosec B603
            command,
            env={**os.environ, **environment, **own},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )


def main(arguments: list[str]) -> int:
    security = "--security" in arguments
    full = "--full" in arguments
    pytest = [each for each in arguments if each not in {"--full", "--security"}]
    deadline = time.monotonic() + LIMIT_SECONDS[full or security]
    with tempfile.TemporaryDirectory(prefix="kybrun") as scratch:
        folder = Path(scratch)
        environments = deployments(folder)
        runs: dict[str, tuple[subprocess.Popen[bytes], Path]] = {}
        for number, (name, (deployment, chosen)) in enumerate(
            parts(full=full, security=security).items()
        ):
            log = folder / f"{number}.log"
            own = own_database(environments[deployment], number)
            own |= redis_of(number, deployment)
            runs[name] = (start(own, [*chosen, *pytest], log), log)
        closing = [report(name, *run, deadline) for name, run in runs.items()]
        codes = [_code(run) for run, _ in runs.values()]
        # A part of the tests does not reach the mark, and need not.
        codes += [] if security else [coverage(folder)]
    print("\n".join(closing))
    if any(codes):
        print("Failed. CONTRIBUTING.md says how to run one test alone.")
    return int(any(codes))


def _code(run: subprocess.Popen[bytes]) -> int:
    """Zero, too, when a run had nothing of what was chosen."""
    return 0 if run.returncode == NOTHING_CHOSEN else run.returncode


def report(name: str, run: subprocess.Popen[bytes], log: Path, deadline: float) -> str:
    """Shows a run as it goes on. :returns: pytest's closing line."""
    print(f"\n######## {name}", flush=True)
    with log.open("rb") as written:
        while run.poll() is None:
            sys.stdout.buffer.write(written.read())
            sys.stdout.buffer.flush()
            if time.monotonic() > deadline:
                run.kill()
            time.sleep(0.5)
        sys.stdout.buffer.write(written.read())
    sys.stdout.buffer.flush()
    closing = CLOSING.findall(log.read_text(errors="replace"))
    return f"{name}: {closing[-1] if closing else f'ended by {run.returncode}'}"


def coverage(folder: Path) -> int:
    print("\n######## Coverage", flush=True)
    program = [sys.executable, "-m", "coverage"]
    measured = sorted(str(path) for path in folder.glob("*.coverage"))
    combined = subprocess.run([*program, "combine", "--quiet", *measured], check=False)  # nosec B603
    return (
        combined.returncode
        or subprocess.run([*program, "report"], check=False).returncode  # nosec B603
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
