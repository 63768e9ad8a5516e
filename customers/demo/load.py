"""Writing very many rows: COPY where there is one, a prepared statement elsewhere."""

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def load(
    connection: BaseDatabaseWrapper,
    table: str,
    columns: str,
    rows: Iterable[tuple[Any, ...]],
    *,
    zeros: str = "",
) -> None:
    """Adds those whose id is not there yet. Inside a transaction.

    :param columns: of ``rows``, with commas; like ``table``, the program's own text.
    :param zeros: columns that take 0, as they are set by triggers.
    """
    names = ", ".join(filter(None, (columns, zeros)))
    count = len(zeros.split(",")) if zeros else 0
    write = _copy if connection.vendor == "postgresql" else _execute
    write(connection, table, (columns, names, ", 0" * count), rows)


def _copy(
    connection: BaseDatabaseWrapper,
    table: str,
    parts: tuple[str, str, str],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    """Through a table of its own, since COPY cannot leave out what is there."""
    columns, names, zeros = parts
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        cursor.execute(
            "CREATE TEMPORARY TABLE made_up ON COMMIT DROP AS"  # noqa: S608 -- names are the program's own
            f" SELECT {columns} FROM {table} WITH NO DATA"
        )
        with cursor.copy(f"COPY made_up ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO {table} ({names})"  # noqa: S608 -- as above
            f" SELECT {columns}{zeros} FROM made_up ON CONFLICT (id) DO NOTHING"
        )
        cursor.execute("DROP TABLE made_up")


def _execute(
    connection: BaseDatabaseWrapper,
    table: str,
    parts: tuple[str, str, str],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    columns, names, zeros = parts
    places = ", ".join(["%s"] * len(columns.split(",")))
    with connection.cursor() as cursor:
        # In 256 MiB the indexes of a million rows are written once, not page by page.
        cursor.execute("PRAGMA cache_size = -262144")
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({places}{zeros})"  # noqa: S608 -- names are the program's own
            " ON CONFLICT (id) DO NOTHING",
            rows,  # type: ignore[arg-type] # any iterable will do: it is read once
        )
