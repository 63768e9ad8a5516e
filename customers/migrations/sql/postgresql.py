"""The rules for PostgreSQL: rows are stamped one by one, the rest once a statement."""

from collections.abc import Iterator
from typing import Final

from customers.migrations.sql import EXPORTABLE, OF_CUSTOMER, OWNED, PARENTS

FUNCTIONS: Final = """
CREATE SEQUENCE customers_change_seq;

CREATE FUNCTION customers_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.change_seq := nextval('customers_change_seq');
    NEW.change_xid := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;

-- Taken from the one sequence, a revision is never used twice: not even by a customer
-- who is deleted and made again under the same id.
CREATE FUNCTION customers_stamp_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.change_seq := nextval('customers_change_seq');
    NEW.change_xid := pg_current_xact_id()::text::bigint;
    NEW.revision := NEW.change_seq;
    RETURN NEW;
END $$;

CREATE FUNCTION customers_bury() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customers_tombstone
        (seq, table_name, row_id, business_id, deleted_at, xid)
    SELECT nextval('customers_change_seq'), TG_TABLE_NAME, id, business_id,
        clock_timestamp(), pg_current_xact_id()::text::bigint
    FROM gone;
    RETURN NULL;
END $$;

CREATE FUNCTION customers_keep_business() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: a row stays with its business', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION customers_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: only ever added to', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

# Executed as text, so that each statement is planned for the rows that it has, and rows
# are looked up by their keys whatever the statistics say: those of a table that is being
# filled are of before, and a join that reads all of it each time took minutes for a
# thousand rows. Customers are locked in the order of their ids, so that two writers of
# several customers each cannot wait for one another. The stamp sets the true revision.
TOUCHING: Final = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        EXECUTE 'UPDATE customers_customer SET revision = 0 WHERE id IN (
            SELECT id FROM customers_customer WHERE id IN ({of_both})
            ORDER BY id FOR NO KEY UPDATE)';
    ELSE
        EXECUTE 'UPDATE customers_customer SET revision = 0 WHERE id IN (
            SELECT id FROM customers_customer WHERE id IN ({of_changed})
            ORDER BY id FOR NO KEY UPDATE)';
    END IF;
    RETURN NULL;
END $$
"""
_OF_ORDERS: Final = "SELECT customer_id FROM customers_order WHERE id IN ({})"

# A parent never changes its business, so looking once, as the child comes, is enough. It
# is joined by its key alone: with the business as a second condition an index by business
# was taken, and all rows of the business were read for each child.
SAME_BUSINESS: Final = """
CREATE OR REPLACE FUNCTION {parent}_owns_child() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    is_astray boolean;
BEGIN
    EXECUTE 'SELECT EXISTS (
        SELECT 1 FROM changed LEFT JOIN {parent} ON {parent}.id = changed.{column}
        WHERE {parent}.business_id IS DISTINCT FROM changed.business_id
    )' INTO is_astray;
    IF is_astray THEN
        RAISE EXCEPTION '%: {column} is of no {parent} of this business', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""

# The audit trail's triggers hold in replication mode too.
AUDIT: Final = """
CREATE TRIGGER customers_auditevent_kept
    BEFORE UPDATE OR DELETE ON customers_auditevent
    FOR EACH ROW EXECUTE FUNCTION customers_refuse_change();
CREATE TRIGGER customers_auditevent_not_emptied
    BEFORE TRUNCATE ON customers_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION customers_refuse_change();
ALTER TABLE customers_auditevent ENABLE ALWAYS TRIGGER customers_auditevent_kept;
ALTER TABLE customers_auditevent ENABLE ALWAYS TRIGGER customers_auditevent_not_emptied
"""

# Text sorts by code point, whatever the database's locale.
NAME_INDEX: Final = (
    "CREATE INDEX customers_company_name ON customers_company"
    ' (business_id, name COLLATE "C", id)'
)

REVERSE: Final = (
    "DROP INDEX customers_company_name",
    *(
        f"DROP FUNCTION {name}() CASCADE"
        for name in (
            "customers_stamp",
            "customers_stamp_customer",
            "customers_bury",
            "customers_keep_business",
            "customers_refuse_change",
            "customers_touch_customer",
            "customers_touch_customer_of_order",
            *(f"{parent}_owns_child" for parent in sorted({p for _, _, p in PARENTS})),
        )
    ),
    "DROP SEQUENCE customers_change_seq",
)


def forward() -> Iterator[str]:
    yield FUNCTIONS
    yield from over_statements()
    for table in EXPORTABLE:
        yield from _stamped(table)
    for table in OWNED:
        yield (
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OF business_id ON {table}"
            " FOR EACH ROW WHEN (OLD.business_id IS DISTINCT FROM NEW.business_id)"
            " EXECUTE FUNCTION customers_keep_business()"
        )
    for table, _, parent in PARENTS:
        for event in ("INSERT", "UPDATE"):
            yield _once(table, "same_business", event, f"{parent}_owns_child")
    for table in OF_CUSTOMER:
        for event in ("INSERT", "UPDATE", "DELETE"):
            yield _once(table, "touches", event, "customers_touch_customer")
    for event in ("INSERT", "UPDATE", "DELETE"):
        yield _once(
            "customers_orderline", "touches", event, "customers_touch_customer_of_order"
        )
    yield AUDIT
    yield NAME_INDEX


def over_statements() -> Iterator[str]:
    """The functions of triggers that see all rows of a statement."""
    changed, both = (
        "SELECT {0} FROM changed",
        "SELECT {0} FROM changed UNION SELECT {0} FROM previous",
    )
    yield TOUCHING.format(
        name="customers_touch_customer",
        of_both=both.format("customer_id"),
        of_changed=changed.format("customer_id"),
    )
    yield TOUCHING.format(
        name="customers_touch_customer_of_order",
        of_both=_OF_ORDERS.format(both.format("order_id")),
        of_changed=_OF_ORDERS.format(changed.format("order_id")),
    )
    for parent, column in sorted({(parent, column) for _, column, parent in PARENTS}):
        yield SAME_BUSINESS.format(parent=parent, column=column)


def _stamped(table: str) -> Iterator[str]:
    stamp = "_customer" if table == "customers_customer" else ""
    yield (
        f"CREATE TRIGGER {table}_stamp BEFORE INSERT OR UPDATE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION customers_stamp{stamp}()"
    )
    yield (
        f"CREATE TRIGGER {table}_bury AFTER DELETE ON {table}"
        " REFERENCING OLD TABLE AS gone"
        " FOR EACH STATEMENT EXECUTE FUNCTION customers_bury()"
    )


def _once(table: str, name: str, event: str, function: str) -> str:
    """A trigger that sees all rows of the statement: new ones as ``changed``."""
    tables = {
        "INSERT": "NEW TABLE AS changed",
        "UPDATE": "NEW TABLE AS changed OLD TABLE AS previous",
        "DELETE": "OLD TABLE AS changed",
    }[event]
    return (
        f"CREATE TRIGGER {table}_{name}_{event.lower()} AFTER {event} ON {table}"
        f" REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    )
