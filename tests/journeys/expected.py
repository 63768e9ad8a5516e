"""What an export of verifications must hold, by SQL that the project did not write."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.journeys.databases import Database

KINDS = {
    "id": "uuid",
    "company_id": "uuid",
    "business_name": "text",
    "registration_number": "text",
    "lei": "text",
    "jurisdiction": "text",
    "status": "text",
    "score": "decimal",
    "risk_level": "text",
    "checks": "json",
    "reviewer": "text",
    "reviewer_email": "text",
    "notes": "text",
    "fee": "decimal",
    "verified_at": "datetime",
    "created_at": "datetime",
    "updated_at": "datetime",
}
COLUMNS = list(KINDS)
_FINEST = timedelta(milliseconds=1)
_SOURCES = {
    "business_name": "c.name",
    "registration_number": "c.registration_number",
    "lei": "c.lei",
    "jurisdiction": "c.jurisdiction",
}


def verifications(
    database: Database, business_id: str, columns: Sequence[str] = COLUMNS
) -> list[tuple[Any, ...]]:
    """Oldest first."""
    sources = ", ".join(_SOURCES.get(name, f"v.{name}") for name in columns)
    found = database.rows(
        f"SELECT {sources} FROM customers_verification v"
        " JOIN customers_company c ON c.id = v.company_id"
        f" WHERE v.business_id = '{business_id}' ORDER BY v.created_at, v.id"
    )
    return typed(columns, found)


def typed(
    columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> list[tuple[Any, ...]]:
    """One type a kind, whatever a database or a reader makes of it."""
    readers = [_READERS[KINDS[name]] for name in columns]
    return [
        tuple(
            None if cell is None else read(cell)
            for read, cell in zip(readers, row, strict=True)
        )
        for row in rows
    ]


def without_nulls(rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """For formats whose readers tell no null from an empty text."""
    return [tuple("" if cell is None else cell for cell in row) for row in rows]


def snapped(
    rows: Iterable[Sequence[Any]], to: Iterable[Sequence[Any]]
) -> list[tuple[Any, ...]]:
    """Times that are a millisecond off at most, as spreadsheets' are, put right."""
    return [
        tuple(
            right
            if isinstance(cell, datetime) and abs(cell - right) < _FINEST
            else cell
            for cell, right in zip(row, wanted, strict=True)
        )
        for row, wanted in zip(rows, to, strict=True)
    ]


def _moment(value: datetime | str) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


_READERS: dict[str, Callable[[Any], Any]] = {
    "uuid": lambda value: UUID(str(value)),
    "text": str,
    "decimal": lambda value: Decimal(str(value)),
    "datetime": _moment,
    "json": lambda value: json.loads(value) if isinstance(value, str) else value,
}
