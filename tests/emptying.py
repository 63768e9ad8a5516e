"""The database as it was when its tables were made, after each test that commits.

Django's flush empties each of its tables, full or not, and then makes all permissions
anew: a third of such a test.
"""

import sqlite3
from collections.abc import Callable
from typing import Any, Final

from django.db import connection, transaction
from django.test import TransactionTestCase

# Made with the tables, and changed by no test.
_KEPT: Final = {"auth_permission", "django_content_type", "django_migrations"}
_GUARD: Final = "customers_auditevent_not_emptied"


def replace_flush() -> None:
    """To be called once the tables are there."""
    empty = _from_copy() if connection.vendor == "sqlite" else _by_truncating()

    def teardown(case: Any) -> None:
        del case
        empty()

    # Django has no name for the public to put something else there.
    TransactionTestCase._fixture_teardown = teardown  # noqa: SLF001 -- as above


def _from_copy() -> Callable[[], None]:
    connection.ensure_connection()
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    connection.connection.backup(copy)

    def empty() -> None:
        connection.ensure_connection()
        copy.backup(connection.connection)

    return empty


def _by_truncating() -> Callable[[], None]:
    tables = set(connection.introspection.django_table_names(only_existing=True))
    looks = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})"
        for table in sorted(tables - _KEPT)
    )
    guarded = "ALTER TABLE customers_auditevent"

    def empty() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(looks)
            full = [table for (table,) in cursor.fetchall()]
            if full:
                cursor.execute(f"{guarded} DISABLE TRIGGER {_GUARD}")
                cursor.execute(f"TRUNCATE {', '.join(full)} CASCADE")
                cursor.execute(f"{guarded} ENABLE ALWAYS TRIGGER {_GUARD}")

    return empty
