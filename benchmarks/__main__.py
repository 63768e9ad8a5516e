"""``python -m benchmarks``: what exports cost, beside the targets.

On a database that it makes on the PostgreSQL server at TEST_POSTGRES_URL, and drops.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks import (
    admin_pages,
    customer360,
    database,
    formats,
    growth,
    latency,
    rival,
)
from benchmarks.bench import Bench
from benchmarks.head import print_head

SIZES: Final = (100_000, 1_000_000, 10_000_000)


def main(arguments: list[str]) -> int:
    wanted = _parser().parse_args(arguments)
    server = os.environ.get("TEST_POSTGRES_URL")
    if not server:
        print("TEST_POSTGRES_URL is not set: run make bench", file=sys.stderr)
        return 2
    print_head()
    with tempfile.TemporaryDirectory(prefix="kybbench") as scratch:
        bench = _filled(server, wanted.rows, Path(scratch), wanted.runs)
        if wanted.admin:
            admin_pages.report(bench)
            return 0
        formats.report(bench)
        rival.report(bench)
        latency.report(bench)
        customer360.report(bench)
        admin_pages.report(bench)
        if wanted.full:
            most = _filled(server, max(SIZES), Path(scratch), runs=1)
            growth.report(most, SIZES)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="verifications")
    parser.add_argument("--runs", type=int, default=2, help="of each; the best counts")
    parser.add_argument("--admin", action="store_true", help="the admin's pages alone")
    parser.add_argument(
        "--full", action="store_true", help="also the memory at up to 10,000,000 rows"
    )
    return parser


def _filled(server: str, rows: int, folder: Path, runs: int) -> Bench:
    url = database.create(server, f"benchmark_{rows}")
    bench = Bench(url=url, folder=folder, rows=rows, runs=runs)
    seconds = database.fill(rows, environment=bench.environment)
    print(f"manage.py demo_data made {rows:,} verifications in {seconds:.0f} s")
    return bench


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
