"""A register's companies into a business's: one transaction, in batches."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeAlias
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from customers.models import Business, Company
from customers.registries import companies_house, gleif
from customers.registries.source import BATCH, Outcome, Progress, Row, Skip, Source
from customers.registries.upsert import check_lengths, write

Fields: TypeAlias = dict[str, Any]
Reader: TypeAlias = Callable[[Row], Fields]
# A well-formed row, and the line it ends at.
Entry: TypeAlias = tuple[int, Fields]

# name -> the columns it needs, given those there are; how it reads a row
REGISTERS: Final[
    Mapping[str, tuple[Callable[..., Sequence[str]], Callable[..., Reader]]]
] = {
    "companies_house": (companies_house.columns, companies_house.reader),
    "gleif": (gleif.columns, gleif.reader),
}


def import_companies(
    path: Path,
    *,
    register: str,
    business: Business,
    now: datetime,
    progress: Progress | None = None,
) -> Outcome:
    """:raises WrongFile: with nothing written."""
    columns, reader = REGISTERS[register]
    outcome = Outcome()
    with Source(path, outcome=outcome, progress=progress) as source:
        source.require(columns(source.header))
        entries = _entries(source, reader(source.header), outcome)
        with transaction.atomic():
            while batch := list(islice(entries, BATCH)):
                _write(batch, business=business, now=now, outcome=outcome)
    return outcome


def company_id(business_id: str, fields: Mapping[str, Any]) -> UUID:
    """The same on every database: made of what names the company."""
    name = (
        fields.get("lei") or f"{fields['jurisdiction']}/{fields['registration_number']}"
    )
    return uuid5(NAMESPACE_URL, f"company/{business_id}/{name}")


def _entries(source: Source, reader: Reader, outcome: Outcome) -> Iterator[Entry]:
    for line, row in source.rows():
        try:
            fields = reader(row)
            check_lengths(Company, fields)
        except Skip as reason:
            outcome.skip(line, str(reason))
        else:
            yield line, fields


def _write(
    batch: list[Entry], *, business: Business, now: datetime, outcome: Outcome
) -> None:
    known = _Known(business, batch)
    rows = []
    for line, fields in batch:
        ids = known.ids(fields)
        if len(ids) > 1:
            outcome.skip(line, "its LEI and its number are of two companies")
            continue
        row_id = ids.pop() if ids else company_id(business.pk, fields)
        known.add(row_id, fields)
        rows.append(
            Company(
                id=row_id, business=business, created_at=now, updated_at=now, **fields
            )
        )
    if rows:
        update = [*batch[0][1], "updated_at"]
        outcome.written["companies"] += write(Company, rows, update=update)


class _Known:
    """Which companies of a batch the business has already, by LEI or by number."""

    def __init__(self, business: Business, batch: list[Entry]) -> None:
        rows = Company.objects.for_business(business.pk)
        leis = {fields.get("lei") for _, fields in batch} - {None}
        numbers = {fields.get("registration_number") for _, fields in batch} - {None}
        self._by_lei = dict(rows.filter(lei__in=leis).values_list("lei", "id"))
        by_number = rows.filter(registration_number__in=numbers)
        self._by_number = {
            (jurisdiction, number): row_id
            for jurisdiction, number, row_id in by_number.values_list(
                "jurisdiction", "registration_number", "id"
            )
        }

    def ids(self, fields: Fields) -> set[UUID]:
        found = {
            self._by_lei.get(fields.get("lei")),
            self._by_number.get(self._number(fields)),
        }
        return {row_id for row_id in found if row_id is not None}

    def add(self, row_id: UUID, fields: Fields) -> None:
        if lei := fields.get("lei"):
            self._by_lei[lei] = row_id
        if (number := self._number(fields))[1]:
            self._by_number[number] = row_id

    @staticmethod
    def _number(fields: Fields) -> tuple[str, str]:
        return fields["jurisdiction"], fields.get("registration_number") or ""
