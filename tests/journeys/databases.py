"""Databases of the tests' own, read without the project's code."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg

from tests.journeys.tables import copy_postgres, copy_sqlite
from tests.services.postgres import postgres

QUERY_PASSWORD: Final = f"canary-{uuid4().hex}"


class Database(Protocol):
    url: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]: ...

    def execute(self, sql: str) -> None: ...

    def open_reads(self) -> int: ...


class Sqlite:
    """A database of its own, in a file; its tables are there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        copy_sqlite(path)
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

    def beside(self, name: str) -> str:
        """The URL of another database of the same server."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    @property
    def query_url(self) -> str:
        """For a role that custom queries run as, which is not there yet."""
        parts = urlsplit(self.url)
        role = f"{parts.path.removeprefix('/')}_queries"
        place = f"{role}:{QUERY_PASSWORD}@{parts.hostname}:{parts.port}"
        return urlunsplit(parts._replace(netloc=place))

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nobody gets in, and who was in is put out."""
        name = urlsplit(self.url).path.removeprefix("/")
        server = Postgres(self.beside("postgres"))
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{name}'"
        )
        try:
            yield
        finally:
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@contextmanager
def fresh_postgres() -> Iterator[Postgres]:
    """A database of its own in the server that is given, or in a private one.

    Its tables are there.
    """
    with ExitStack() as parts:
        given = os.environ.get("TEST_POSTGRES_URL")
        server = Postgres(given or parts.enter_context(postgres()))
        name = f"journey_{uuid4().hex[:12]}"
        parts.callback(server.execute, f"DROP ROLE IF EXISTS {name}_queries")
        copy_postgres(server.beside("").rstrip("/"), name)
        parts.callback(server.execute, f"DROP DATABASE {name} WITH (FORCE)")
        yield Postgres(server.beside(name))
