"""A database of its own for the benchmarks, filled by ``manage.py demo_data``."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from benchmarks.spec import BUSINESS, SMALL, SMALL_ROWS

ROOT: Final = Path(__file__).resolve().parent.parent
COMPANIES: Final = 10_000


def manage(*arguments: str, environment: dict[str, str]) -> str:
    """Its output.

    :raises CalledProcessError: what went wrong is on the terminal.
    """
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def create(server_url: str, name: str) -> str:
    """The URL of a new database on a PostgreSQL server.

    An older one of this name is dropped.
    """
    with psycopg.connect(server_url, autocommit=True) as connection:
        for command in ("DROP DATABASE IF EXISTS {}", "CREATE DATABASE {}"):
            connection.execute(sql.SQL(command).format(sql.Identifier(name)))
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


def fill(rows: int, *, environment: dict[str, str]) -> float:
    """Both businesses; the seconds that ``rows`` verifications took."""
    manage("migrate", "--verbosity=0", environment=environment)
    for business in (BUSINESS, SMALL):
        manage("create_business", business, environment=environment)
    _demo(SMALL, SMALL_ROWS, environment)
    started = time.monotonic()
    _demo(BUSINESS, rows, environment)
    seconds = time.monotonic() - started
    analyse(environment["DATABASE_URL"])
    return seconds


def analyse(url: str) -> None:
    """Before the first figure, not in the middle when autovacuum comes round.

    SQLite keeps no figures of its tables by itself.
    """
    if not url.startswith("postgres"):
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _demo(business: str, rows: int, environment: dict[str, str]) -> None:
    manage(
        "demo_data",
        f"--business={business}",
        f"--companies={min(rows, COMPANIES)}",
        f"--verifications={rows}",
        environment=environment,
    )
