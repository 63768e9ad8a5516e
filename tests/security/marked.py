"""Rows with a mark in every cell, by the models' own fields: new ones have one too.

A cell that can hold no mark is told by ``unmarked``; a test keeps the list of these.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import models

from customers.models import (
    AuditLog,
    Business,
    Company,
    Customer,
    Note,
    Order,
    OrderLine,
    Report,
    Segment,
    SupportTicket,
    Tag,
    UserAccount,
    Verification,
)

MARK: Final = "q7fzk3xw"
NUMBER: Final = 918273645
DAY: Final = date(1931, 7, 19)
MOMENT: Final = datetime(1931, 7, 19, 5, 9, 13, 918273, tzinfo=UTC)
# As they are written by any format, in any spelling of a text.
MARKS: Final = (MARK, str(NUMBER), "918,273,645", DAY.isoformat(), "19 jul 1931")
MODELS: Final = (
    *(Company, Verification, Report, AuditLog, UserAccount, Customer),
    *(Order, OrderLine, Note, Tag, Segment, SupportTicket),
)
# Without a default, or bound by a constraint to few values.
_FIXED: Final[dict[str, dict[str, Any]]] = {
    "Company": {"jurisdiction": "GB", "country": "GB", "risk_score": 93},
    "Verification": {"status": "completed", "score": Decimal("0.9182")},
    "Report": {"type": "risk"},
    "Customer": {"addresses": [{"street": f"{MARK}-addresses.", "city": MARK}]},
    "Order": {"currency": "EUR"},
    "OrderLine": {"discount": 0},
    "SupportTicket": {"closed_at": None},
}
_PARENTS: Final = {
    "Verification": "company",
    "OrderLine": "order",
    **dict.fromkeys(("Order", "Note", "Tag", "Segment", "SupportTicket"), "customer"),
}


def of(name: str) -> str:
    """The mark in a text cell: no other field's begins like it."""
    return f"{MARK}-{name}."


def value(field: models.Field[Any, Any]) -> Any:
    """A mark of the field's type; None: it can hold none."""
    if field.choices or isinstance(field, models.BooleanField):
        return None
    if isinstance(field, models.JSONField):
        return {MARK: [NUMBER, {f"{MARK}_deep": MARK}]}
    if isinstance(field, models.CharField | models.TextField):
        longest = field.max_length or 200
        return of(field.name)[:longest] if longest >= len(MARK) else None
    if isinstance(field, models.DateField):
        return MOMENT if isinstance(field, models.DateTimeField) else DAY
    return number(field)


def number(field: models.Field[Any, Any]) -> Any:
    if isinstance(field, models.DecimalField):
        digits = field.max_digits - field.decimal_places
        return Decimal(NUMBER) if digits >= len(str(NUMBER)) else None
    is_small = isinstance(field, models.SmallIntegerField)
    return None if is_small else NUMBER


def cells(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    """What a row holds: not what it is known by, nor what the database writes."""
    for field in model._meta.concrete_fields:
        if field.editable and not field.primary_key and not field.is_relation:
            yield field


def unmarked(model: type[models.Model]) -> set[str]:
    return {
        f"{model.__name__}.{field.name}"
        for field in cells(model)
        if value(field) is None
    }


def rows(business: Business) -> dict[str, Any]:
    """One row in every table, by the model's name; each cell that can holds a mark."""
    made: dict[str, Any] = {}
    for model in MODELS:
        name = model.__name__
        marks = {field.name: value(field) for field in cells(model)}
        known = {field: mark for field, mark in marks.items() if mark is not None}
        parent = _PARENTS.get(name)
        owner = {parent: made[parent.capitalize()]} if parent else {}
        made[name] = model.objects.create(
            business=business, **(known | _FIXED.get(name, {}) | owner)
        )
    return made


def found(content: bytes | str) -> list[str]:
    """The marks in it, whatever their case."""
    read = content.decode(errors="replace") if isinstance(content, bytes) else content
    lower = read.lower()
    return [mark for mark in MARKS if mark in lower]
