"""Runs pytest over both kinds of deployment at once, one after the other on screen."""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

LONG_FORMS: Final = ["-m", "slow or not slow", "--hypothesis-profile=full"]
CLOSING: Final = re.compile(r"^=+ (.+ in [\d.]+s.*?) =+$", re.MULTILINE)
LIMIT_SECONDS: Final = {False: 18 * 60, True: 6 * 60 * 60}


def deployments(folder: Path) -> dict[str, dict[str, str]]:
    """Name -> environment: the embedded parts, and the servers."""
    return {
        "SQLite and files": {
            "DATABASE_URL": f"sqlite:///{folder / 'embedded.sqlite3'}",
            "REDIS_URL": "",
            "CELERY_BROKER_URL": "",
            # The other run empties its cache, which is a whole database of Redis.
            "TEST_REDIS_URL": f"{os.environ['TEST_REDIS_URL'].rpartition('/')[0]}/1",
        },
        "PostgreSQL and Redis": {
            "DATABASE_URL": os.environ["TEST_POSTGRES_URL"],
            "REDIS_URL": os.environ["TEST_REDIS_URL"],
            "CELERY_BROKER_URL": os.environ["TEST_REDIS_URL"],
        },
    }


def start(
    environment: dict[str, str], pytest: list[str], log: Path
) -> subprocess.Popen[bytes]:
    own = {"COVERAGE_FILE": str(log.with_suffix(".coverage"))}
    # The two together must reach the mark, not each by itself.
    command = [sys.executable, "-m", "pytest", "--cov", "--cov-report="]
    command += ["--cov-fail-under=0", *pytest]
    # pytest keeps one cache, and two runs would write it at once.
    command += ["-p", "no:cacheprovider", "--durations=10"]
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            env={**os.environ, **environment, **own},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )


def main(arguments: list[str]) -> int:
    full = "--full" in arguments
    pytest = [each for each in arguments if each != "--full"]
    pytest += LONG_FORMS if full else []
    deadline = time.monotonic() + LIMIT_SECONDS[full]
    with tempfile.TemporaryDirectory(prefix="kybrun") as scratch:
        folder = Path(scratch)
        runs: dict[str, tuple[subprocess.Popen[bytes], Path]] = {}
        for name, environment in deployments(folder).items():
            log = folder / f"{name.split()[0]}.log"
            runs[name] = (start(environment, pytest, log), log)
        closing = [report(name, *run, deadline) for name, run in runs.items()]
        codes = [run.returncode for run, _ in runs.values()]
        codes.append(coverage(folder))
    print("\n".join(closing))
    if any(codes):
        print("Failed. CONTRIBUTING.md says how to run one test alone.")
    return int(any(codes))


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
    print("\n######## Coverage of both", flush=True)
    program = [sys.executable, "-m", "coverage"]
    measured = sorted(str(path) for path in folder.glob("*.coverage"))
    combined = subprocess.run([*program, "combine", "--quiet", *measured], check=False)
    return (
        combined.returncode
        or subprocess.run([*program, "report"], check=False).returncode
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
