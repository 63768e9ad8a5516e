"""One consistent read: counts and rows as canonical text, from the same snapshot.

Rows come as text straight from the driver: on PostgreSQL through a named server-side
cursor with text loaders, on SQLite through expressions that write canonical text. No
Python object is made for an identifier, a number or a time. The snapshot has a
connection of its own, through which nothing is ever written.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeAlias

import msgspec
from django.core.exceptions import EmptyResultSet
from django.db import connections, transaction
from django.db.models import F, Func, QuerySet, TextField
from django.db.models.sql.compiler import SQLCompiler
from psycopg.types.string import TextLoader

from exports.pipeline.columns import Block, Cells, ColumnType
from exports.pipeline.datasets.base import Column

ALIAS: Final = "snapshot"
BLOCK_ROWS: Final = 1024
"""Rows of a block, whatever the batch size: the bytes must not depend on it.

Few enough to stay in the processor's cache: with 4096, XML needs twice the memory, and
CSV, YAML and XML a sixth more time.
"""

_TEXT_LOADED: Final = (
    *("uuid", "timestamptz", "date", "numeric", "jsonb", "int2", "int4", "int8"),
)
Row: TypeAlias = tuple[str | None, ...]


class _SqliteText(Func):
    """A column as canonical text on SQLite; elsewhere the driver's text will do."""

    output_field = TextField()

    def __init__(self, source: Any, column: Column) -> None:
        super().__init__(source)
        self.type = ColumnType.INTEGER if column.combine else column.type
        self.scale = column.scale

    def as_sql(  # type: ignore[override] # a template of another kind than Func's
        self, compiler: SQLCompiler, connection: Any, **_: Any
    ) -> tuple[str, Sequence[Any]]:
        sql, params = compiler.compile(self.source_expressions[0])
        template = _SQLITE.get(self.type) if connection.vendor == "sqlite" else None
        if template is None:
            return sql, params
        text = template.format(sql=sql, scale=self.scale)
        return text, tuple(params) * template.count("{sql}")


_SQLITE: Final = {
    ColumnType.UUID: "(substr({sql}, 1, 8) || '-' || substr({sql}, 9, 4) || '-'"
    " || substr({sql}, 13, 4) || '-' || substr({sql}, 17, 4) || '-'"
    " || substr({sql}, 21))",
    ColumnType.INTEGER: "CAST({sql} AS TEXT)",
    # printf makes a nought of NULL
    ColumnType.DECIMAL: "CASE WHEN {sql} IS NOT NULL"
    " THEN printf('%%.{scale}f', {sql}) END",
    ColumnType.DATE: "CAST({sql} AS TEXT)",
    ColumnType.DATETIME: "(substr({sql}, 1, 10) || 'T' || substr({sql}, 12, 8) || '.'"
    " || substr(substr({sql}, 21) || '000000', 1, 6) || '+00:00')",
}


class Snapshot:
    """An open read-only transaction: all it is asked comes from the same moment."""

    def __init__(self, taken_at: datetime) -> None:
        self.taken_at = taken_at

    def count(self, rows: QuerySet[Any]) -> int:
        return rows.using(ALIAS).order_by().count()

    def blocks(
        self, rows: QuerySet[Any], columns: Sequence[Column], *, batch_size: int
    ) -> Generator[Block, None, None]:
        """Columns of canonical text, in blocks of ``BLOCK_ROWS``, the last shorter.

        :param batch_size: rows fetched at a time.
        """
        selected = _Selection(columns)
        batches = _fetch(selected.of(rows.using(ALIAS)), batch_size)
        for batch in _regroup(batches):
            yield selected.canonical(list(map(list, zip(*batch, strict=True))))


@contextmanager
def open_snapshot() -> Iterator[Snapshot]:
    with transaction.atomic(using=ALIAS):
        connection = connections[ALIAS]
        sql, params = _compile_now(connection)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            (taken_at,) = cursor.fetchone()
        yield Snapshot(_as_utc(taken_at))


def _compile_now(connection: Any) -> tuple[str, Any]:
    return _NOW[connection.vendor], []


_NOW: Final = {
    "postgresql": "SELECT NOW()",
    # A table is named: SQLite takes its snapshot with the first read, not with BEGIN.
    "sqlite": "SELECT STRFTIME('%%Y-%%m-%%dT%%H:%%M:%%f+00:00', 'NOW')"
    " FROM sqlite_master LIMIT 1",
}


def _as_utc(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


class _Selection:
    """The sources to select, each once, and how columns are made of them."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.sources: dict[str, Column] = {}
        for column in columns:
            for source in column.inputs or (column.path,):
                self.sources.setdefault(source, column)
        self._postgres = connections[ALIAS].vendor == "postgresql"

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        texts = {
            f"text_{index}": _SqliteText(F(source), column)
            for index, (source, column) in enumerate(self.sources.items())
        }
        chosen: QuerySet[Any] = rows.annotate(**texts).values_list(*texts)
        return chosen

    def canonical(self, cells: list[Cells]) -> Block:
        by_source = dict(zip(self.sources, cells, strict=True))
        return [self._one(column, by_source) for column in self.columns]

    def _one(self, column: Column, by_source: dict[str, Cells]) -> Cells:
        if column.combine:
            return column.combine([by_source[source] for source in column.inputs])
        cells = by_source[column.path]
        if column.type is ColumnType.JSON:
            return [cell and canonical_json(cell) for cell in cells]
        if column.type is ColumnType.DATETIME and self._postgres:
            # The usual one is written here: a call would take as long again.
            return [
                f"{cell[:10]}T{cell[11:26]}+00:00"
                if cell and len(cell) == _WITH_MICROSECONDS
                else cell and _iso(cell)
                for cell in cells
            ]
        return cells


_WITH_MICROSECONDS: Final = len("2024-01-01 00:00:00.123456+00")
# PostgreSQL leaves out trailing noughts of a fraction.
_FRACTION: Final = {
    19: ".000000",
    21: "00000",
    22: "0000",
    23: "000",
    24: "00",
    25: "0",
}


def _iso(text: str) -> str:
    """``2024-01-01 00:00:00.5+00`` is ``2024-01-01T00:00:00.500000+00:00``."""
    wall = text[:-3]
    return f"{wall[:10]}T{wall[11:]}{_FRACTION.get(len(wall), '')}+00:00"


@lru_cache(maxsize=4096)
def canonical_json(text: str) -> str:
    """Compact, keys sorted, whole floats as integers: alike on both databases."""
    value = _whole(msgspec.json.decode(text))
    return msgspec.json.encode(value, order="deterministic").decode()


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        # By its digits, as PostgreSQL keeps them: int() has more from 2 ** 53 on.
        return int(Decimal(repr(value)))
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return value


def _fetch(rows: QuerySet[Any], size: int) -> Iterator[list[Row]]:
    connection = connections[ALIAS]
    try:
        sql, params = rows.query.get_compiler(using=ALIAS).as_sql()
    except EmptyResultSet:  # Django sees that no row can be found
        return
    with connection.chunked_cursor() as cursor:
        if connection.vendor == "postgresql":
            for name in _TEXT_LOADED:
                cursor.cursor.adapters.register_loader(name, TextLoader)
        cursor.execute(sql, params)
        is_more = True
        while is_more:
            batch = cursor.fetchmany(size)
            is_more = len(batch) == size
            yield batch


def _regroup(batches: Iterator[list[Row]]) -> Iterator[list[Row]]:
    pending: list[Row] = []
    for batch in batches:
        pending.extend(batch)
        while len(pending) >= BLOCK_ROWS:
            yield pending[:BLOCK_ROWS]
            del pending[:BLOCK_ROWS]
    if pending:
        yield pending
