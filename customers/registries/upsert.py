"""Writing rows so that doing it again leaves the same rows: no doubles, no losses."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from customers.registries.source import Skip

Model = TypeVar("Model", bound=models.Model)


def write(model: type[Model], rows: Sequence[Model], *, update: Iterable[str]) -> int:
    """Insert, or where the id is there already, update these fields.

    Of two rows with one id the later counts: a statement may not touch a row twice.
    """
    distinct = {row.pk: row for row in rows}
    # Through the plain manager: a subclass's may leave rows out.
    model._base_manager.bulk_create(
        distinct.values(),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=list(update),
    )
    return len(distinct)


def known_ids(
    rows: models.QuerySet[Any], field: str, values: Iterable[str]
) -> dict[str, UUID]:
    """The ids of the rows that there are, by value, however they came there."""
    found = rows.filter(**{f"{field}__in": set(values)})
    return dict(found.values_list(field, "id"))


def check_lengths(model: type[models.Model], values: Mapping[str, Any]) -> None:
    """SQLite would take a text that PostgreSQL refuses.

    :raises Skip: for one that is too long.
    """
    for name, value in values.items():
        limit = getattr(model._meta.get_field(name), "max_length", None)
        if limit and isinstance(value, str) and len(value) > limit:
            raise Skip(f"{name} is longer than {limit} characters")
