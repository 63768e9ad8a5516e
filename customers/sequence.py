"""Following the change sequence: where it stands, and whether it has moved since.

On PostgreSQL numbers are taken before their transactions commit, so a row may appear
late, with a number below one that was seen. A mark therefore keeps the snapshot that it
was made in: whatever that did not see counts as a change, late or not. SQLite's writers
come one after the other, and the number alone is enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField, F, Func, Max, Q, QuerySet, Value

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


def take(
    business_id: str,
    tables: Sequence[type[ExportableRow]],
    *,
    using: str = DEFAULT_DB_ALIAS,
) -> Mark:
    """What is read after it holds all that the mark has seen.

    Within one snapshot it holds nothing else.
    """
    # The snapshot comes first: what commits between the two is unseen, not lost.
    snapshot = _snapshot(using)
    rows = [model.objects.using(using).for_business(business_id) for model in tables]
    found = [each.aggregate(last=Max("change_seq"))["last"] for each in rows]
    graves = _graves(business_id, tables).using(using)
    found.append(graves.aggregate(last=Max("seq"))["last"])
    return Mark(max((seq for seq in found if seq is not None), default=0), snapshot)


def has_moved(
    since: Mark, business_id: str, tables: Sequence[type[ExportableRow]]
) -> bool:
    """Whether a row of the business was inserted, updated or deleted since."""
    rows = [model.objects.for_business(business_id) for model in tables]
    seen_last = any(each.filter(unseen(since)).exists() for each in rows)
    return seen_last or buried(since, business_id, tables).exists()


def unseen(since: Mark, path: str = "") -> Q:
    """Rows that were inserted or updated since.

    :param path: from the rows to those that are meant, as ``company__``.
    """
    return _unseen(since, f"{path}change_seq", f"{path}change_xid")


def buried(
    since: Mark, business_id: str, tables: Sequence[type[ExportableRow]]
) -> QuerySet[Tombstone]:
    """Of rows that were deleted since, whether or not they have been made again."""
    return _graves(business_id, tables).filter(_unseen(since, "seq", "xid"))


def _unseen(since: Mark, seq: str, xid: str) -> Q:
    # The number alone is enough for most, and goes on counting in another cluster that
    # the tables were restored to, whose transactions begin anew.
    newer = Q(**{f"{seq}__gt": since.seq})
    if not since.snapshot:
        return newer
    oldest_open, _, _ = since.snapshot.partition(":")
    return newer | Q(_Unseen(xid, since.snapshot), **{f"{xid}__gte": int(oldest_open)})


def _graves(
    business_id: str, tables: Sequence[type[ExportableRow]]
) -> QuerySet[Tombstone]:
    names = [model._meta.db_table for model in tables]
    return Tombstone.objects.filter(business_id=business_id, table_name__in=names)


class _Unseen(Func):
    template = "NOT pg_visible_in_snapshot(%(expressions)s)"
    output_field = BooleanField()

    def __init__(self, xid: str, snapshot: str) -> None:
        super().__init__(
            Func(F(xid), template="(%(expressions)s)::text::xid8"),
            Func(Value(snapshot), template="(%(expressions)s)::pg_snapshot"),
        )


def _snapshot(using: str) -> str:
    connection = connections[using]
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        [text] = cursor.fetchone()
    return str(text)
