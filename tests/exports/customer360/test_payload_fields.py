"""Payloads are in every text there is: of a view by its types, of rows by their models.

A field that is added, and that no payload reaches, makes a test fail.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import pytest
from django.db import models
from python_calamine import CalamineWorkbook

from customers.models import Business, Customer, Note, Order, OrderLine, Segment, Tag
from customers.view360 import shape
from exports.customer360.formats import FORMATS
from exports.pipeline.formulas import is_risky
from tests import make
from tests.exports.customer360 import views_made as made
from tests.exports.customer360.listening import listening
from tests.exports.customer360.payloads import payloads
from tests.exports.customer360.reading_report import pages, squeezed
from tests.exports.customer360.staff_asks import get, token_client, told
from tests.exports.customer360.test_payloads import visible
from tests.exports.views.asking import BOTH

OURS = {"View.business_id", "View.time_zone", "View.withheld"}
"""Texts of the service's own, that nobody writes."""
ROWS = (Business, Customer, Order, OrderLine, Note, Tag, Segment)
UNSHOWN = {"Business.id", "Business.time_zone", "Business.currency"}
UNSHOWN |= {"Customer.external_id"}
SHORT_AND_LONG = [
    pytest.param(25, id="every 25th"),
    pytest.param(1, marks=[pytest.mark.slow, pytest.mark.timeout(900)], id="all"),
]
TEXT = "<b>=1+1"


def holds_text(hint: Any) -> bool:
    return hint is str or any(map(holds_text, get_args(hint)))


def declared() -> set[str]:
    """The fields of a view that may hold a text."""
    parts = [each for each in vars(shape).values() if is_dataclass(each)]
    return {
        f"{part.__name__}.{name}"
        for part in parts
        for name, hint in get_type_hints(part).items()
        if holds_text(hint)
    }


def texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Field and text of each there is, keys of objects too."""
    if isinstance(value, str):
        yield place, value
    elif is_dataclass(value):
        for field in fields(value):
            name = f"{type(value).__name__}.{field.name}"
            yield from texts(getattr(value, field.name), name)
    elif isinstance(value, dict):
        yield from texts((*value, *value.values()), place)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item, place)


def test_payload_is_in_every_text_of_a_view():
    found = {place for place, text in texts(made.of_text(TEXT)) if text == TEXT}

    assert found == declared() - OURS
    assert len(found) > 20


def test_json_shows_every_text_of_a_view():
    view = made.of_text(TEXT)

    shown = json.loads(b"".join(FORMATS["json"].body(view)))

    counted = [
        Counter(text == TEXT for _, text in texts(each))[True] for each in (view, shown)
    ]
    assert counted[0] == counted[1]


def written_by_people() -> dict[str, models.Field]:
    """The columns that hold a text, or JSON, of which nobody says what it may be."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    return {
        f"{model.__name__}.{field.name}": field
        for model in ROWS
        for field in model._meta.fields
        if isinstance(field, kinds) and not field.choices
    }


def fitting(text: str, column: str) -> str:
    return text[: written_by_people()[column].max_length]


def test_payload_is_in_every_column_of_a_customer():
    """Those that the tests below fill are all that there are."""
    filled = {f"Customer.{name}" for name in ("name", "email", "phone", "addresses")}
    filled |= {"Business.name", "Order.number", "Order.currency", "OrderLine.sku"}
    filled |= {"OrderLine.product_name", "Note.author", "Note.body"}
    filled |= {"Tag.name", "Segment.name"}

    assert set(written_by_people()) == filled | UNSHOWN


def buyer_of(text: str) -> tuple[Customer, set[str]]:
    """With the text in every column; and what of it the columns hold."""
    business = make.business("business_mine")
    Business.objects.filter(pk=business.pk).update(name=fitting(text, "Business.name"))
    whole = ("name", "email", "phone")
    fit = {name: fitting(text, f"Customer.{name}") for name in whole}
    buyer = make.customer(business, **fit, addresses=[{text: text}])
    sku = fitting(text, "OrderLine.sku")
    name = fitting(text, "OrderLine.product_name")
    number = fitting(text, "Order.number")
    currency = fitting(text, "Order.currency")
    lines = [{"sku": sku, "product_name": name}]
    make.order(buyer, number=number, currency=currency, lines=lines)
    author = fitting(text, "Note.author")
    make.note(buyer, author=author, body=text)
    make.tag(buyer, fitting(text, "Tag.name"))
    make.segment(buyer, fitting(text, "Segment.name"))
    return buyer, {text, *fit.values(), sku, name, number, currency, author}


@pytest.mark.django_db(transaction=True, databases=BOTH)
@pytest.mark.parametrize("step", SHORT_AND_LONG)
def test_rows_of_payloads_are_shown_as_text_in_every_format(step, settings):
    settings.EXPORTS = settings.EXPORTS | {"RATE_LIMIT_MAX": 1000}
    make.customer(make.business("business_other"), name="Charlie")
    staff = token_client("manager", make.business("business_mine"))

    with listening() as listener:
        for payload in payloads(listener.port)[::step]:
            # PostgreSQL keeps no NUL: no such row can be.
            text = payload.replace("\x00", "")
            buyer, kept = buyer_of(text)
            asked = {"includeAnalytics": "true"}
            answers = {
                name: get(staff, buyer, format=name, **asked) for name in FORMATS
            }

            assert {each.status_code for each in answers.values()} == {200}
            leaves = {leaf for _, leaf in texts(told(answers["json"]))}
            assert kept <= leaves
            assert risky_cells(answers["csv"].body) == []
            assert squeezed_cells(answers["xlsx"].body) >= set(map(squeezed, kept))
            read = visible("".join(pages(answers["pdf"].body)))
            assert visible(text[:60]) in read
            Order.objects.all().delete()

    assert listener.calls == 0


def risky_cells(content: bytes) -> list[str]:
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    cells = [cell for row in rows for cell in row]
    return [cell for cell in cells if is_risky(cell) and not is_number(cell)]


def is_number(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "", 1).isdigit()


def squeezed_cells(content: bytes) -> set[str]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = [
        row
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
    ]
    return {squeezed(str(cell)) for row in rows for cell in row}
