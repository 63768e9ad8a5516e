"""PostgreSQL's walls: a role that reads the query views alone, of one business each.

The views show the rows of the business that a row of ours names for the session's
process and its start: neither can be set by a statement. Statements go by the extended
protocol, which takes one at a time, in a read-only transaction.
"""

import logging
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from threading import Timer
from typing import Any, Final

import environ
import psycopg
from django.conf import settings
from django.db import connections

from exports.errors import ExportError, QueryRefused, Unavailable
from exports.pipeline.query.deadlines import OUT_OF_RANGE, Deadline

logger: Final = logging.getLogger(__name__)
OPTIONS: Final = (
    "-c search_path= -c default_transaction_read_only=on -c timezone=UTC"
    " -c datestyle=ISO,YMD -c intervalstyle=postgres -c extra_float_digits=1"
    " -c standard_conforming_strings=on -c lock_timeout=2s -c jit=off"
    " -c idle_in_transaction_session_timeout=15min"
)
READ_ONLY: Final = True
_NAMED: Final = """
INSERT INTO exports_query_session (pid, started_at, business_id) VALUES (%s, %s, %s)
ON CONFLICT (pid) DO UPDATE SET
    started_at = excluded.started_at, business_id = excluded.business_id
"""
_OWN: Final = (
    "SELECT pid, backend_start"
    " FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())"
)


class PostgresSession:
    def __init__(
        self, connection: "psycopg.Connection[Any]", deadline: Deadline
    ) -> None:
        self._connection, self._deadline = connection, deadline
        (self.taken_at,) = self._one("SELECT pg_catalog.now()")

    def value(self, sql: str) -> Any:
        return self._one(sql)[0]

    def _one(self, sql: str) -> Any:
        with self._told():
            self._limit()
            # Binary: so it goes by the extended protocol, also without parameters.
            with self._connection.cursor(binary=True) as cursor:
                return cursor.execute(sql).fetchone()

    def batches(self, sql: str, size: int) -> Generator[list[Any], None, None]:
        with self._told():
            self._limit()
            with closing(self._connection.cursor("query")) as cursor:
                cursor.execute(sql)
                while rows := cursor.fetchmany(size):
                    yield rows
                    self._deadline.begin()

    def _limit(self) -> None:
        """For each statement anew: one could have set it for the next."""
        milliseconds = max(int(self._deadline.begin() * 1000), 1)
        self._connection.execute(f"SET LOCAL statement_timeout = {milliseconds}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """:raises ExportError: in words of its own."""
        try:
            yield
        except psycopg.Error as error:
            raise self._known(error) from None

    def _known(self, error: psycopg.Error) -> ExportError:
        state = error.sqlstate or ""
        if isinstance(error, psycopg.errors.QueryCanceled) or self._deadline.is_over():
            return self._deadline.over()
        if isinstance(error, psycopg.errors.ConfigurationLimitExceeded):
            return QueryRefused("it takes more room than a query may: narrow it")
        if state.startswith(("22", "54")):
            return QueryRefused(OUT_OF_RANGE)
        if state.startswith(("08", "53", "57")) or not state:
            return Unavailable("the database was lost on the way: try again")
        logger.error("a custom query was stopped by the database: %s", state)
        return ExportError("the query could not be run")


@contextmanager
def opened(business_id: str) -> Iterator[PostgresSession]:
    """:raises Unavailable: there is no role to run queries as, or no database."""
    with closing(_connected()) as connection:
        deadline = Deadline()
        watch = Timer(deadline.total, connection.cancel)
        watch.daemon = True
        watch.start()
        pid = None
        try:
            pid = _name(connection, business_id)
            session = PostgresSession(connection, deadline)
            if session.value("SELECT business_id FROM public.query_business") != (
                business_id
            ):
                raise ExportError("the query's session is not of this business")
            yield session
        finally:
            watch.cancel()
            if pid is not None:
                _forget(pid)


def _connected() -> "psycopg.Connection[Any]":
    parts = environ.Env.db_url_config(settings.QUERY_DATABASE_URL)
    default = connections["default"].settings_dict
    known = default.get("OPTIONS", {}) | parts.get("OPTIONS", {})
    encrypted = {name: known[name] for name in known if name.startswith("ssl")}
    try:
        connection = psycopg.connect(
            host=parts["HOST"] or default["HOST"],
            port=parts["PORT"] or default["PORT"] or 5432,
            user=parts["USER"],
            password=parts["PASSWORD"] or None,
            # The one that the application has open: the role is of no other.
            dbname=default["NAME"],
            connect_timeout=5,
            options=OPTIONS,
            application_name="kyb-export-query",
            **encrypted,
        )
    except psycopg.Error:
        raise Unavailable("the query role cannot sign in: try again") from None
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = READ_ONLY
    return connection


def _name(connection: "psycopg.Connection[Any]", business_id: str) -> int:
    """Say for which business the session is, before its snapshot is taken."""
    try:
        pid, started_at = connection.execute(_OWN).fetchone() or (0, None)
        connection.rollback()
    except psycopg.Error:
        raise Unavailable("the query role cannot sign in: try again") from None
    with connections["default"].cursor() as cursor:
        cursor.execute(_NAMED, [pid, started_at, business_id])
    return int(pid)


def _forget(pid: int) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM exports_query_session WHERE pid = %s", [pid])
