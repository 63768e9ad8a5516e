"""Following the change sequence: where it stands, and whether it has moved since.

On PostgreSQL numbers are taken before their transactions commit, so a row may appear
late, with a number below one that was seen. A mark therefore keeps the snapshot that it
was made in: whatever that did not see counts as a change, late or not. SQLite's writers
come one after the other, and the number alone is enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.db import connection
from django.db.models import BooleanField, F, Func, Max, QuerySet, Value

from customers.models import Tombstone
from customers.models.rows import ExportableRow


@dataclass(frozen=True, slots=True)
class Mark:
    """:ivar snapshot: of PostgreSQL, as text; empty elsewhere."""

    seq: int
    snapshot: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(**value)


def take(business_id: str, tables: Sequence[type[ExportableRow]]) -> Mark:
    """What is read after it holds all that the mark has seen."""
    # The snapshot comes first: what commits between the two is unseen, not lost.
    snapshot = _snapshot()
    rows = [model.objects.for_business(business_id) for model in tables]
    found = [each.aggregate(last=Max("change_seq"))["last"] for each in rows]
    found.append(_graves(business_id, tables).aggregate(last=Max("seq"))["last"])
    return Mark(max((seq for seq in found if seq is not None), default=0), snapshot)


def has_moved(
    since: Mark, business_id: str, tables: Sequence[type[ExportableRow]]
) -> bool:
    """Whether a row of the business was inserted, updated or deleted since."""
    rows = [
        (model.objects.for_business(business_id), "change_seq", "change_xid")
        for model in tables
    ]
    graves = _graves(business_id, tables)
    return any(_moved(*each, since) for each in [*rows, (graves, "seq", "xid")])


def _moved(rows: QuerySet[Any], seq: str, xid: str, since: Mark) -> bool:
    if rows.filter(**{f"{seq}__gt": since.seq}).exists():
        return True
    if not since.snapshot:
        return False
    unseen = rows.annotate(was_seen=_seen(xid, since.snapshot)).filter(was_seen=False)
    return bool(unseen.exists())


def _graves(
    business_id: str, tables: Sequence[type[ExportableRow]]
) -> QuerySet[Tombstone]:
    names = [model._meta.db_table for model in tables]
    return Tombstone.objects.filter(business_id=business_id, table_name__in=names)


def _seen(xid: str, snapshot: str) -> Func:
    return Func(
        Func(F(xid), template="(%(expressions)s)::text::xid8"),
        Func(Value(snapshot), template="(%(expressions)s)::pg_snapshot"),
        function="pg_visible_in_snapshot",
        output_field=BooleanField(),
    )


def _snapshot() -> str:
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        [text] = cursor.fetchone()
    return str(text)
