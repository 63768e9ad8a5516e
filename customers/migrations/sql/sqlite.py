"""The rules for SQLite, which knows triggers for rows only and no sequences."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from customers.migrations.sql import EXPORTABLE, OF_CUSTOMER, OWNED, PARENTS

COUNTER: Final = (
    """
    CREATE TABLE customers_change_counter (
        id integer PRIMARY KEY CHECK (id = 1),
        value integer NOT NULL
    )
    """,
    "INSERT INTO customers_change_counter (id, value) VALUES (1, 0)",
)

NAME_INDEX: Final = (
    "CREATE INDEX customers_company_name ON customers_company (business_id, name, id)"
)

_STAMPS: Final = ("change_seq", "change_xid", "revision")
_NEXT: Final = "UPDATE customers_change_counter SET value = value + 1"
_VALUE: Final = "(SELECT value FROM customers_change_counter)"

Columns = Callable[[str], Sequence[str]]


def forward(columns: Columns) -> Iterator[str]:
    """:param columns: the names of a table's columns."""
    yield from COUNTER
    for table in EXPORTABLE:
        yield from _stamped(table, columns(table))
    for table in OWNED:
        yield (
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OF business_id ON {table}"
            " WHEN OLD.business_id IS NOT NEW.business_id"
            f" BEGIN SELECT RAISE(ABORT, '{table}: a row stays with its business'); END"
        )
    for table, column, parent in PARENTS:
        yield from _same_business(table, column, parent)
    for table in OF_CUSTOMER:
        yield from _touching(table, "{row}.customer_id")
    yield from _touching(
        "customers_orderline",
        "(SELECT customer_id FROM customers_order WHERE id = {row}.order_id)",
    )
    for event in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER customers_auditevent_kept_{event.lower()}"
            f" BEFORE {event} ON customers_auditevent BEGIN SELECT"
            " RAISE(ABORT, 'customers_auditevent: only ever added to'); END"
        )
    yield NAME_INDEX


def reverse(triggers: Sequence[str]) -> Iterator[str]:
    """:param triggers: the names of those there are."""
    for trigger in triggers:
        yield f"DROP TRIGGER {trigger}"
    yield "DROP INDEX customers_company_name"
    yield "DROP TABLE customers_change_counter"


def _stamped(table: str, columns: Sequence[str]) -> Iterator[str]:
    """Fires on the columns that are not stamps: so it never fires itself, and a stale
    stamp that an ORM save() writes back does not pass for a new one."""
    revision = f", revision = {_VALUE}" if "revision" in columns else ""
    stamp = (
        f"{_NEXT}; UPDATE {table} SET change_seq = {_VALUE}{revision}"
        " WHERE rowid = NEW.rowid"
    )
    names = ", ".join(f'"{name}"' for name in columns if name not in _STAMPS)
    yield f"CREATE TRIGGER {table}_stamp_insert AFTER INSERT ON {table} BEGIN {stamp}; END"
    yield (
        f"CREATE TRIGGER {table}_stamp_update AFTER UPDATE OF {names} ON {table}"
        f" BEGIN {stamp}; END"
    )
    yield (
        f"CREATE TRIGGER {table}_bury AFTER DELETE ON {table} BEGIN {_NEXT};"
        " INSERT INTO customers_tombstone"
        " (seq, table_name, row_id, business_id, deleted_at)"
        f" VALUES ({_VALUE}, '{table}', OLD.id, OLD.business_id,"
        " strftime('%Y-%m-%d %H:%M:%f', 'now')); END"
    )


def _same_business(table: str, column: str, parent: str) -> Iterator[str]:
    for event in ("INSERT", f"UPDATE OF {column}"):
        yield (
            f"CREATE TRIGGER {table}_same_business_{event.split()[0].lower()}"
            f" BEFORE {event} ON {table} WHEN NOT EXISTS ("
            f"SELECT 1 FROM {parent} WHERE id = NEW.{column}"
            " AND business_id = NEW.business_id) BEGIN SELECT RAISE(ABORT,"
            f" '{table}: {column} is of no {parent} of this business'); END"
        )


def _touching(table: str, customer: str) -> Iterator[str]:
    rows = {"INSERT": ("NEW",), "UPDATE": ("NEW", "OLD"), "DELETE": ("OLD",)}
    for event, kinds in rows.items():
        ids = ", ".join(customer.format(row=kind) for kind in kinds)
        yield (
            f"CREATE TRIGGER {table}_touches_{event.lower()} AFTER {event} ON {table}"
            f" BEGIN {_NEXT}; UPDATE customers_customer"
            f" SET change_seq = {_VALUE}, revision = {_VALUE}"
            f" WHERE id IN ({ids}); END"
        )
