"""Random histories: rows come, change and go, by writers that commit late too."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Model

from customers.ids import new_id
from customers.models import (
    AuditLog,
    Business,
    Company,
    Report,
    UserAccount,
    Verification,
)
from tests import make
from tests.exports.deltas.chains import Chain, settled

IS_POSTGRESQL: Final = connection.vendor == "postgresql"
STEPS: Final = 30
TEXTS: Final = (
    *("plain", "", 'a "quoted" one', "comma, semicolon; tab\t|", "two\r\nlines\n"),
    *(
        '"_op":"delete"',
        "{[}]",
        "\\",
        'upsert,"',
        "=1+1",
        "Ünïcødé 漢字 \u2028",
        "\ufeff",
    ),
)
STATUSES: Final = ("completed", "failed", "expired")
MAKERS: Final[dict[str, tuple[type[Model], str, Callable[..., Any]]]] = {
    "verifications": (Verification, "notes", make.verification),
    "business_data": (Company, "city", make.company),
    "reports": (Report, "title", make.report),
    "user_data": (UserAccount, "name", make.user_account),
    "audit_logs": (AuditLog, "user_agent", make.audit_log),
}
"""The table of a dataset's rows, a text of it, and how one is made."""
ASKED: Final[dict[str, list[dict[str, Any]]]] = {
    "verifications": [
        {},
        {"filters": {"status": "completed"}},
        {
            "filters": {"business_name_contains": "a"},
            "columns": ["business_name", "id"],
        },
        {"filters": {"status_in": ["expired", "failed"]}, "columns": ["id"]},
        {
            "columns": [
                "notes",
                {"name": "status", "transform": "upper"},
                "id",
                "checks",
            ]
        },
        {"time_range": {"end": "2025-01-15T12:00:00Z"}},
    ],
    "business_data": [{}, {"filters": {"city_not": "plain"}}],
    "reports": [{"columns": ["summary", "title", "id"]}],
    "user_data": [{"columns": ["name", {"name": "email", "transform": "mask"}, "id"]}],
    "audit_logs": [{"filters": {"user_agent_contains": "e"}}],
}
FORMATS: Final[list[tuple[str, dict[str, Any]]]] = [
    ("csv", {}),
    ("csv", {"options": {"bom": True, "delimiter": ";", "null": "NULL"}}),
    ("csv", {"include_headers": False}),
    ("tsv", {}),
    ("json", {}),
    ("json", {"options": {"indent": 2}}),
    ("ndjson", {}),
]


class Late:
    """A writer beside the others, whose transaction stays open."""

    def __init__(self) -> None:
        self._connection = connection.copy()
        self.holds: set[UUID] = set()
        self.is_open = False

    def execute(self, sql: str, *parameters: Any) -> None:
        if not self.is_open:
            self.is_open = True
            self.execute("BEGIN" if IS_POSTGRESQL else "BEGIN IMMEDIATE")
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters)

    def end(self, how: str) -> None:
        self.execute(how)
        self.is_open = False
        self.holds.clear()

    def close(self) -> None:
        self._connection.close()


@dataclass
class History:
    """:ivar own: of the business, of the dataset's table; as far as is committed."""

    dice: Random
    business: Business
    other: Business
    dataset: str
    lates: list[Late] = field(default_factory=list)

    @property
    def model(self) -> Any:
        return MAKERS[self.dataset][0]

    def step(self) -> None:
        act = self.dice.choice([self.insert, self.update, self.delete, self.rename])
        late = self.dice.choice(self.lates)
        if self.dice.random() < 0.3:
            self.write_late(late)
        elif late.is_open and self.dice.random() < 0.5:
            late.end(self.dice.choice(["COMMIT", "COMMIT", "COMMIT", "ROLLBACK"]))
        elif IS_POSTGRESQL or not late.is_open:
            act(self.dice.choice([self.business, self.business, self.other]))

    def free(self, of: Business, model: Any = None) -> list[Any]:
        """Rows that no open transaction holds."""
        held = set().union(*(late.holds for late in self.lates))
        rows = (model or self.model).objects.for_business(of.id)
        return list(rows.exclude(pk__in=held).order_by("pk"))

    def insert(self, of: Business) -> None:
        _, text, maker = MAKERS[self.dataset]
        values: dict[str, Any] = {text: self.dice.choice(TEXTS) or "x"}
        companies = self.free(of, Company)
        if self.dataset == "verifications" and companies and self.dice.random() < 0.7:
            of = self.dice.choice(companies)
        maker(of, **values)

    def update(self, of: Business) -> None:
        rows = self.free(of)
        chosen = self.dice.sample(rows, min(len(rows), self.dice.choice([1, 1, 3])))
        values = {MAKERS[self.dataset][1]: self.dice.choice(TEXTS) or "x"}
        if self.dataset == "verifications":
            values["status"] = self.dice.choice(STATUSES)
        found = self.model.objects.filter(pk__in=[row.pk for row in chosen])
        found.update(**values)

    def rename(self, of: Business) -> None:
        """The company of verifications, which they are shown with."""
        for row in self.free(of, Company)[:1]:
            row.name = self.dice.choice(TEXTS) or "x"
            row.save()

    def delete(self, of: Business) -> None:
        """And at times another under the same id."""
        rows = [row for row in self.free(of) if not self._has_children(row)]
        for row in self.dice.sample(rows, min(len(rows), 1)):
            kept = row.pk
            row.delete()
            if self.dice.random() < 0.3:
                row.pk = kept
                row.save(force_insert=True)

    def _has_children(self, row: Any) -> bool:
        children = Verification.objects.filter(company_id=row.pk)
        return self.model is Company and children.exists()

    def write_late(self, late: Late) -> None:
        if not IS_POSTGRESQL and any(each.is_open for each in self.lates):
            return  # SQLite lets one write at a time
        rows = [row for row in self.free(self.business) if not self._has_children(row)]
        if not rows:
            return
        row, table = self.dice.choice(rows), self.model._meta.db_table
        late.holds |= {row.pk, getattr(row, "company_id", row.pk)}
        for sql, parameters in self.dice.choice([_changing, _ending, _copying])(row):
            late.execute(
                sql.format(table=table, text=MAKERS[self.dataset][1]), *parameters
            )


def _in_table(key: UUID) -> Any:
    return Company._meta.pk.get_db_prep_value(key, connection)


def _changing(row: Any) -> Iterator[tuple[str, list[Any]]]:
    yield "UPDATE {table} SET {text} = %s WHERE id = %s", ["late", _in_table(row.pk)]


def _ending(row: Any) -> Iterator[tuple[str, list[Any]]]:
    yield "DELETE FROM {table} WHERE id = %s", [_in_table(row.pk)]


def _copying(row: Any) -> Iterator[tuple[str, list[Any]]]:
    """A new row like this one, which goes: some of what it has may be there once."""
    columns = [each.column for each in row._meta.concrete_fields]
    others = ", ".join(name for name in columns if name != "id")
    yield (
        f"CREATE TEMPORARY TABLE kept AS SELECT {others} FROM {{table}} WHERE id = %s",
        [_in_table(row.pk)],
    )
    yield from _ending(row)
    yield (
        f"INSERT INTO {{table}} (id, {others}) SELECT %s, {others} FROM kept",
        [_in_table(new_id())],
    )
    yield "DROP TABLE kept", []


def play(seed: int, folder: Path) -> int:
    """One history, with an export now and then; how many were compared.

    :raises AssertionError: what was put together is not the full export of that time.
    """
    dice = Random(seed)
    mine, other = make.business(f"mine_{seed}"), make.business(f"other_{seed}")
    dataset = dice.choice(["verifications", "verifications", *MAKERS])
    format_name, fields = dice.choice(FORMATS)
    asked = dice.choice(ASKED[dataset])
    spec = settled(mine, dataset, format_name, **asked, **fields)
    lates = [Late() for _ in range(2 if IS_POSTGRESQL else 1)]
    history, chain = (
        History(dice, mine, other, dataset, lates),
        Chain(folder, mine, spec),
    )
    compared = 0
    try:
        for step in range(STEPS):
            history.step()
            if step % 6 == 5 or dice.random() < 0.1:
                compared += _export(history, chain)
        for late in lates:
            if late.is_open:
                late.end("COMMIT")
        return compared + _export(history, chain)
    finally:
        for late in lates:
            late.close()


def _export(history: History, chain: Chain) -> int:
    if history.dice.random() < 0.2:
        chain.run()  # it fails, and nothing follows it
    told = chain.grow().path.read_text()
    theirs = history.model.objects.for_business(history.other.id)
    seen = [str(key) for key in theirs.values_list("pk", flat=True) if str(key) in told]
    assert seen == []
    assert chain.applied() == chain.full_now()
    return 1
