"""Django's flush, which is the one act that may empty the audit trail too."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from django.core.management.commands import flush
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

_GUARD: Final = "customers_auditevent_not_emptied"


class Command(flush.Command):
    help = f"{flush.Command.help} The audit trail goes as well."

    def handle(self, **options: Any) -> None:
        with _unguarded(connections[options["database"]]):
            super().handle(**options)


def _unguarded(connection: BaseDatabaseWrapper) -> AbstractContextManager[None]:
    """While it lasts, in a transaction of its own, rows can go without a trace."""
    return (
        _postgresql(connection)
        if connection.vendor == "postgresql"
        else _sqlite(connection)
    )


@contextmanager
def _postgresql(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        table = "ALTER TABLE customers_auditevent"
        cursor.execute(f"{table} DISABLE TRIGGER {_GUARD}")
        yield
        cursor.execute(f"{table} ENABLE ALWAYS TRIGGER {_GUARD}")


@contextmanager
def _sqlite(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """SQLite empties tables row by row: its triggers on deletion are put aside."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            " AND name GLOB 'customers_*' AND sql GLOB '* DELETE ON *'"
        )
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in triggers:
            cursor.execute(sql)
