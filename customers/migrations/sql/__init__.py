"""What the database itself sees to, table by table; the SQL is in a module per engine.

- A row of an ``EXPORTABLE`` table carries its place in the order of changes, and leaves
  a tombstone.
- A row of an ``OWNED`` table never moves to another business.
- A child in ``PARENTS`` is of the same business as its parent.
- A customer's revision changes with any row that belongs to them.
- An audit event can neither be changed nor deleted.

SQLite drops a table's triggers when Django rebuilds the table: a later migration that
alters one of these tables ends with the triggers of that table anew.
"""

from typing import Final

EXPORTABLE: Final = (
    "customers_company",
    "customers_verification",
    "customers_report",
    "customers_auditlog",
    "customers_useraccount",
    "customers_customer",
)

OF_CUSTOMER: Final = (
    "customers_order",
    "customers_note",
    "customers_tag",
    "customers_segment",
    "customers_supportticket",
)

OWNED: Final = (*EXPORTABLE, *OF_CUSTOMER, "customers_orderline")

# child table, its column, the parent table
PARENTS: Final = (
    ("customers_verification", "company_id", "customers_company"),
    *((table, "customer_id", "customers_customer") for table in OF_CUSTOMER),
    ("customers_orderline", "order_id", "customers_order"),
)
