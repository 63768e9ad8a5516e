"""SQLite's walls: a read-only connection that sees one business's rows, and no more.

Every table is out of reach but through views that end with the connection. Their names
cannot be guessed, and the business is what a function of the connection says.
"""

import logging
import re
import secrets
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.db import connections

from exports.errors import ExportError, QueryRefused, Unavailable
from exports.pipeline.datasets import DATASETS
from exports.pipeline.query import functions
from exports.pipeline.query.deadlines import OUT_OF_RANGE, Deadline
from exports.pipeline.query.memory import Memory

logger: Final = logging.getLogger(__name__)
MIB: Final = 1024 * 1024
_LIMITS: Final = {
    sqlite3.SQLITE_LIMIT_LENGTH: 16 * MIB,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: MIB,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 500,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 100,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
# Those that the engine's module writes, and those of the views.
CALLED: Final = frozenset(
    {
        *(*functions.FUNCTIONS, *functions.AGGREGATES, "q_between"),
        *("sum", "count", "min", "max", "dense_rank", "rank", "row_number"),
        *("ntile", "lag", "lead", "first_value", "last_value", "coalesce", "nullif"),
        *("lower", "upper", "trim", "length", "substr", "replace", "instr", "like"),
    }
)
OF_VIEWS: Final = frozenset(
    {"printf", "substr", "abs", "sum", "count", "round", "q_business"}
    | {functions.DAY_OF_ZONE}
)
TABLES: Final = frozenset(
    {
        *("customers_verification", "customers_company", "customers_business"),
        *("customers_report", "customers_auditlog", "customers_useraccount"),
    }
)
OURS: Final = "WHERE business_id = q_business()"
MODE: Final = "ro"
# By functions: of ours, and of SQLite's sum.
_RAISED: Final = ("user-defined function raised exception", "integer overflow")
# Of its parser, which is built for less than the dialect lets through.
_TOO_LARGE: Final = ("parser stack overflow", "Expression tree is too large")
_EVERY_STEPS: Final = 2_000
_CTE: Final = re.compile(r"t_[a-z_]+|q[0-9]+")
_BODY: Final = re.compile(r"\s*CREATE VIEW \S+ AS\b(.*)", re.DOTALL)


class SqliteSession:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._deadline, self._memory = Deadline(), Memory()
        connection.set_progress_handler(self._is_over, _EVERY_STEPS)
        self.taken_at = datetime.now(UTC)  # noqa: TID251 -- the snapshot is taken here

    def value(self, sql: str) -> Any:
        with self._told():
            self._deadline.begin()
            return self._connection.execute(sql).fetchone()[0]

    def batches(self, sql: str, size: int) -> Generator[list[Any], None, None]:
        with self._told(), closing(self._connection.cursor()) as cursor:
            self._deadline.begin()
            cursor.execute(sql)
            while rows := cursor.fetchmany(size):
                yield rows
                self._deadline.begin()

    def _is_over(self) -> bool:
        """Asked by the engine on its way; then it stops."""
        return self._deadline.is_over() or self._memory.look()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """:raises ExportError: in words of its own."""
        try:
            yield
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise self._known(error) from None

    def _known(self, error: Exception) -> ExportError:
        if self._deadline.is_over():
            return self._deadline.over()
        if self._memory.is_over:
            return self._memory.over()
        code = getattr(error, "sqlite_errorname", "")
        if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN")):
            return Unavailable("the database is busy: try again")
        if code in {"SQLITE_TOOBIG", "SQLITE_NOMEM"} or str(error) in _RAISED:
            return QueryRefused(OUT_OF_RANGE)
        if str(error).startswith(_TOO_LARGE):
            return QueryRefused("the query is nested too deep")
        logger.error("a custom query was stopped by the database: %s", code)
        return ExportError("the query could not be run")


@contextmanager
def opened(business_id: str) -> Iterator[SqliteSession]:
    """:raises Unavailable: there is no such database file."""
    path = Path(str(connections["default"].settings_dict["NAME"])).resolve()
    try:
        connection = sqlite3.connect(
            f"{path.as_uri()}?mode={MODE}",
            uri=True,
            isolation_level=None,
            timeout=5,
            check_same_thread=False,
        )
    except sqlite3.Error:
        raise Unavailable("the database cannot be read now: try again") from None
    with closing(connection):
        bodies = _wall(connection, business_id)
        connection.execute("BEGIN")
        # The snapshot is taken with the first read.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.set_authorizer(_authorizer(bodies))
        yield SqliteSession(connection)


def _wall(connection: sqlite3.Connection, business_id: str) -> dict[str, str]:
    """Views of the connection's own. :returns: the secret names of those with rows."""
    functions.bring(connection)
    connection.create_function("q_business", 0, lambda: business_id, deterministic=True)
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA case_sensitive_like = ON")
    bodies = {}
    for name in DATASETS:
        secret = f"q_{secrets.token_hex(16)}"
        (written,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?",
            [f"dataset_{name}"],
        ).fetchone()
        found = _BODY.fullmatch(written)
        if found is None:
            raise Unavailable(f"the view of {name} is not as it was made")
        connection.execute(
            f"CREATE TEMP VIEW {secret} AS SELECT * FROM ({found[1]}) {OURS}"  # noqa: S608 -- of the migration
        )
        connection.execute(
            f"CREATE TEMP VIEW query_{name} AS SELECT * FROM {secret}"  # noqa: S608 -- names of our own
        )
        bodies[secret] = f"query_{name}"
    connection.execute("PRAGMA query_only = ON")
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    return bodies


def _authorizer(bodies: dict[str, str]) -> Callable[..., int]:
    """What is not said here is denied: a statement that asks for it is never run."""
    views = {*bodies, *bodies.values()}

    def allowed(
        action: int,
        first: str | None,
        second: str | None,
        database: str | None,
        source: str | None,
    ) -> int:
        inside = source in bodies
        match action:
            case sqlite3.SQLITE_SELECT:
                passes = True
            case sqlite3.SQLITE_READ if database is None:
                # Without a column of it no database is named: for our CTEs alone.
                passes = not first or first in views or bool(_CTE.fullmatch(first))
            case sqlite3.SQLITE_READ if database == "temp":
                passes = first in views
            case sqlite3.SQLITE_READ:
                passes = inside and database == "main" and first in TABLES
            case sqlite3.SQLITE_FUNCTION:
                name = (second or "").lower()
                passes = name in CALLED or (inside and name in OF_VIEWS)
            case _:
                passes = False
        return sqlite3.SQLITE_OK if passes else sqlite3.SQLITE_DENY

    return allowed
