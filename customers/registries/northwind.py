"""Northwind, the trading company: a folder of customers, orders, lines and products."""

from collections import Counter
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from customers.models import Business, Order
from customers.registries.countries import country_code
from customers.registries.shops import Head, Line, Shop
from customers.registries.source import Outcome, Progress, Row, Skip, Source, WrongFile

FILES: Final = {
    "customers.csv": (
        "customerID",
        "companyName",
        "address",
        "city",
        "region",
        "postalCode",
        "country",
        "phone",
    ),
    "products.csv": ("productID", "productName"),
    "orders.csv": ("orderID", "customerID", "orderDate", "shippedDate"),
    "order_details.csv": (
        "orderID",
        "productID",
        "unitPrice",
        "quantity",
        "discount",
    ),
}


def import_orders(
    path: Path, *, business: Business, progress: Progress | None = None
) -> Outcome:
    """Local times are those of the business's zone, amounts of its currency.

    :raises WrongFile: with nothing written.
    """
    if not path.is_dir():
        raise WrongFile(f"{path.name}: not a folder with {', '.join(FILES)}")
    outcome = Outcome()
    with ExitStack() as stack, transaction.atomic():
        sources = {}
        for name, columns in FILES.items():
            source = Source(path / name, outcome=outcome, progress=progress)
            sources[name] = stack.enter_context(source)
            source.require(columns)
        shop = Shop(business, outcome)
        _customers(sources["customers.csv"], shop)
        products = {
            row["productID"]: row["productName"]
            for _, row in sources["products.csv"].rows()
        }
        heads = _heads(sources["orders.csv"], shop)
        _lines(sources["order_details.csv"], shop, heads, products)
        shop.flush()
    return outcome


def _customers(source: Source, shop: Shop) -> None:
    for line, row in source.rows():
        try:
            shop.customer(
                _needed(row, "customerID"),
                name=_needed(row, "companyName"),
                phone=_text(row, "phone"),
                addresses=[_address(row)],
            )
        except Skip as reason:
            shop.outcome.skip(line, str(reason))


def _heads(source: Source, shop: Shop) -> dict[str, Head]:
    shop.flush()
    heads = {}
    for line, row in source.rows():
        try:
            head = _head(row, shop.business)
        except Skip as reason:
            shop.outcome.skip(line, str(reason))
            continue
        if head.customer in shop.customers:
            heads[head.number] = head
        else:
            shop.outcome.skip(line, "an unknown customer")
    return heads


def _head(row: Row, business: Business) -> Head:
    shipped = _text(row, "shippedDate")
    try:
        ordered_at = datetime.fromisoformat(row["orderDate"])
    except ValueError:
        raise Skip("an order date that is none") from None
    return Head(
        number=row["orderID"],
        customer=row["customerID"],
        status=Order.Status.SHIPPED if shipped else Order.Status.PENDING,
        ordered_at=ordered_at.replace(tzinfo=ZoneInfo(business.time_zone)),
        currency=business.currency,
    )


def _lines(
    source: Source, shop: Shop, heads: dict[str, Head], products: dict[str, str]
) -> None:
    positions: Counter[str] = Counter()
    for line, row in source.rows():
        head = heads.get(row["orderID"])
        if head is None:
            shop.outcome.skip(line, "an unknown order")
            continue
        positions[head.number] += 1
        try:
            shop.line(head, positions[head.number], _line(row, products))
        except Skip as reason:
            shop.outcome.skip(line, str(reason))


def _line(row: Row, products: dict[str, str]) -> Line:
    try:
        return Line(
            sku=row["productID"],
            product_name=products.get(row["productID"], ""),
            quantity=int(row["quantity"]),
            unit_price=Decimal(row["unitPrice"]),
            discount=Decimal(row["discount"]),
        )
    except (InvalidOperation, ValueError):
        raise Skip("a quantity, price or discount that is no number") from None


def _address(row: Row) -> dict[str, str | None]:
    country = _text(row, "country") or ""
    return {
        "street": _text(row, "address"),
        "city": _text(row, "city"),
        "region": _text(row, "region"),
        "postal_code": _text(row, "postalCode"),
        "country": country_code(country) or country or None,
    }


def _text(row: Row, column: str) -> str | None:
    """``NULL`` and nothing are none."""
    return None if row[column] in {"", "NULL"} else row[column]


def _needed(row: Row, column: str) -> str:
    text = _text(row, column)
    if text is None:
        raise Skip(f"no {column}")
    return text
