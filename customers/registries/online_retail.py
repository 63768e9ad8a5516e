"""Online Retail, a gift shop's invoices: one file of lines, with decimal commas."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from customers.models import Business, Order
from customers.registries.countries import country_code
from customers.registries.shops import Head, Line, Shop
from customers.registries.source import Outcome, Progress, Row, Skip, Source

COLUMNS: Final = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)

# The shop's prices are in sterling, whatever the business counts in.
_CURRENCY: Final = "GBP"
_PRICE: Final = re.compile(r"-?[0-9]+(,[0-9]{1,4})?")


def import_orders(
    path: Path, *, business: Business, progress: Progress | None = None
) -> Outcome:
    """Local times are those of the business's zone.

    :raises WrongFile: with nothing written.
    """
    outcome = Outcome()
    with Source(path, outcome=outcome, progress=progress, delimiter=";") as source:
        source.require(COLUMNS)
        invoices = _Invoices(Shop(business, outcome))
        with transaction.atomic():
            for line, row in source.rows():
                try:
                    invoices.add(row)
                except Skip as reason:
                    outcome.skip(line, str(reason))
            invoices.shop.flush()
    return outcome


@dataclass(slots=True)
class _Invoices:
    """An invoice's head is that of its first line, though the minute may differ."""

    shop: Shop
    _heads: dict[str, Head] = field(default_factory=dict)
    _positions: Counter[str] = field(default_factory=Counter)

    def add(self, row: Row) -> None:
        """:raises Skip: for a line without customer, or with what is no number."""
        number, customer = row["InvoiceNo"].strip(), row["CustomerID"].strip()
        if not customer:
            raise Skip("no customer")
        if not number:
            raise Skip("no invoice number")
        line = _line(row)
        head = self._heads.get(number) or _head(row, self.shop.business)
        country = row["Country"].strip()
        self.shop.customer(
            customer,
            name=f"Customer {customer}",
            addresses=[{"country": country_code(country) or country or None}],
        )
        self._heads[number] = head
        self._positions[number] += 1
        self.shop.line(head, self._positions[number], line)


def _head(row: Row, business: Business) -> Head:
    zone = ZoneInfo(business.time_zone)
    try:
        ordered_at = datetime.strptime(row["InvoiceDate"], "%d/%m/%Y %H:%M").replace(
            tzinfo=zone
        )
    except ValueError:
        raise Skip("an invoice date that is none") from None
    number = row["InvoiceNo"].strip()
    cancelled = number.startswith("C")
    return Head(
        number=number,
        customer=row["CustomerID"].strip(),
        status=Order.Status.CANCELLED if cancelled else Order.Status.COMPLETED,
        ordered_at=ordered_at,
        currency=_CURRENCY,
    )


def _line(row: Row) -> Line:
    if not _PRICE.fullmatch(row["UnitPrice"]):
        raise Skip("a unit price that is no number")
    try:
        quantity = int(row["Quantity"])
    except ValueError:
        raise Skip("a quantity that is no number") from None
    return Line(
        sku=row["StockCode"].strip(),
        product_name=row["Description"].strip(),
        quantity=quantity,
        unit_price=Decimal(row["UnitPrice"].replace(",", ".")),
    )
