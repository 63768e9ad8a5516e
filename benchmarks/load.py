"""``python -m benchmarks.load``: many callers for minutes, then jobs to their end.

On the servers at TEST_POSTGRES_URL and TEST_REDIS_URL, in a database of its own, and
the jobs once more on SQLite and the broker that is a folder. All of it on loopback.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks import callers, job_times
from benchmarks.head import print_head
from benchmarks.installations import on_files, on_servers

JOB_ROWS: Final = 10_000


def main(arguments: list[str]) -> int:
    wanted = _parser().parse_args(arguments)
    postgres, redis = map(os.environ.get, ("TEST_POSTGRES_URL", "TEST_REDIS_URL"))
    if not postgres or not redis:
        print("TEST_POSTGRES_URL or TEST_REDIS_URL is not set: run make load")
        return 2
    print_head()
    with tempfile.TemporaryDirectory(prefix="kybload") as scratch:
        servers = on_servers(postgres, redis, Path(scratch), rows=JOB_ROWS)
        callers.report(servers, keys=wanted.keys, seconds=60 * wanted.minutes)
        for installation in (servers, on_files(Path(scratch), rows=JOB_ROWS)):
            job_times.report(installation.unlimited(), rows=JOB_ROWS, jobs=wanted.jobs)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load", description=__doc__
    )
    parser.add_argument("--minutes", type=float, default=10, help="of the callers")
    parser.add_argument("--keys", type=int, default=20, help="that call at once")
    parser.add_argument("--jobs", type=int, default=20, help="of each format")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
