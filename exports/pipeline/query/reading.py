"""A compiled query's rows: counted and read in one snapshot, behind the engine's walls.

No error of a database reaches anybody: what it says may hold what it read.
"""

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from typing import Any, Final, Protocol

from django.conf import settings
from django.db import connections

from exports.conf import knob
from exports.errors import SizeExceeded, Unavailable
from exports.pipeline.columns import Block, Cells, ColumnType
from exports.pipeline.datasets.base import Column
from exports.pipeline.query import postgres_session, sqlite_session
from exports.pipeline.query.compile import Compiled
from exports.pipeline.query.places import place
from exports.pipeline.rows import BLOCK_ROWS, canonical_json

MOST_ROWS: Final = 500
"""Fetched at a time: a query can make long cells of short ones."""


class Session(Protocol):
    """A connection that can read one business's rows, and do nothing else."""

    taken_at: datetime

    def value(self, sql: str) -> Any: ...

    def batches(self, sql: str, size: int) -> Generator[list[Any], None, None]: ...


class Opener(Protocol):
    def __call__(self, business_id: str) -> AbstractContextManager[Session]: ...


SESSIONS: Final[dict[str, Opener]] = {
    "postgresql": postgres_session.opened,
    "sqlite": sqlite_session.opened,
}


class Reading:
    """An open snapshot of what a query gives."""

    def __init__(self, session: Session) -> None:
        self.taken_at = session.taken_at
        self._session = session

    def count(self, query: Compiled) -> int:
        return int(self._session.value(query.counting))

    def blocks(
        self, query: Compiled, chosen: list[str], *, batch_size: int, most: int
    ) -> Generator[Block, None, None]:
        """Columns of canonical text, in blocks of ``BLOCK_ROWS``, the last shorter.

        :param chosen: names of the query's columns, in the order wanted.
        :raises SizeExceeded: more text than a query may give.
        """
        if not most:
            return
        names = [column.name for column in query.columns]
        places = [names.index(name) for name in chosen]
        batches = self._session.batches(query.sql, min(batch_size, MOST_ROWS))
        with closing(batches):
            for rows in _regrouped(_within(batches), most):
                cells = [list(column) for column in zip(*rows, strict=True)]
                yield [
                    _canonical(cells[place], query.columns[place]) for place in places
                ]


def _within(batches: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """:raises SizeExceeded: as soon as there is more text than a query may give."""
    budget = most = int(knob("QUERY_MAX_BYTES"))
    for rows in batches:
        budget -= sum(len(cell) for row in rows for cell in row if cell)
        if budget < 0:
            raise SizeExceeded(
                f"a query gives at most {most} bytes of text: select fewer columns"
                " or rows"
            )
        yield rows


def _canonical(cells: Cells, column: Column) -> Cells:
    if column.type is ColumnType.JSON:
        return [cell and canonical_json(cell) for cell in cells]
    return cells


def _regrouped(batches: Iterator[list[Any]], most: int) -> Iterator[list[Any]]:
    pending: list[Any] = []
    for batch in batches:
        pending += batch[:most]
        most -= len(batch)
        while len(pending) >= BLOCK_ROWS:
            yield pending[:BLOCK_ROWS]
            del pending[:BLOCK_ROWS]
        if most <= 0:
            break
    if pending:
        yield pending


def check_available() -> None:
    """:raises Unavailable: this installation is not set up to run queries."""
    is_embedded = connections["default"].vendor == "sqlite"
    if not is_embedded and not settings.QUERY_DATABASE_URL:
        raise Unavailable(
            "custom queries are not set up here: manage.py setup_query_role says how"
        )


@contextmanager
def open_reading(business_id: str) -> Iterator[Reading]:
    """:raises ExportError: refused, too slow, or not to be had here."""
    check_available()
    opened = SESSIONS[connections["default"].vendor]
    with place(business_id), opened(business_id) as session:
        yield Reading(session)
