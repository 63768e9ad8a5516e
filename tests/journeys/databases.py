"""Databases of the tests' own, read without the project's code."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg

from tests.services.postgres import postgres


class Database(Protocol):
    url: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]: ...

    def execute(self, sql: str) -> None: ...

    def open_reads(self) -> int: ...


class Sqlite:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.url = f"sqlite:///{path}"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self._path, timeout=20)) as connection:
            return connection.execute(sql).fetchall()

    def execute(self, sql: str) -> None:
        with closing(sqlite3.connect(self._path, timeout=20)) as connection:
            connection.execute(sql)
            connection.commit()

    def open_reads(self) -> int:
        """A checkpoint is kept from emptying the log by each open snapshot."""
        [(busy, _, _)] = self.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(busy)


class Postgres:
    def __init__(self, url: str) -> None:
        self.url = url

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql).fetchall()

    def execute(self, sql: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql)

    def open_reads(self) -> int:
        [(count,)] = self.rows(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
        )
        return int(count)


@contextmanager
def fresh_postgres() -> Iterator[Postgres]:
    """A database of its own in the server that is given, or in a private one."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if not given:
        with postgres() as url:
            yield Postgres(url)
        return
    name = f"journey_{uuid4().hex[:12]}"
    server = Postgres(given)
    server.execute(f"CREATE DATABASE {name}")
    try:
        yield Postgres(urlunsplit(urlsplit(given)._replace(path=f"/{name}")))
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
