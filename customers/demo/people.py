"""The made-up customers of a business, and all that belongs to them."""

import json
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from customers.demo.rows import MADE_UP, Plan, Values
from customers.demo.words import LOCALES, NOTES, PEOPLE, PRODUCTS

CUSTOMER: Final = (
    "id, business_id, external_id, name, email, phone, registered_at, account_status,"
    " addresses, loyalty_level, loyalty_points"
)
ORDER: Final = "id, business_id, customer_id, number, status, ordered_at, currency"
ORDER_LINE: Final = (
    "id, business_id, order_id, position, sku, product_name, quantity, unit_price,"
    " discount, amount, cancelled"
)
NOTE: Final = "id, business_id, customer_id, author, body, created_at"
LABEL: Final = "id, business_id, customer_id, name"
TICKET: Final = "id, business_id, customer_id, subject, status, opened_at, closed_at"


def customers(plan: Plan, count: int) -> Iterator[Values]:
    dice = plan.dice("customer")
    for number in range(count):
        place = dice.one_of(LOCALES)
        name = dice.one_of(PEOPLE)[0]
        address = {
            "street": f"{place.street} {1 + dice.below(99)}",
            "city": place.city,
            "region": None,
            "postal_code": place.postal_code,
            "country": place.country,
        }
        yield (
            plan.id("customer", number),
            plan.business_id,
            f"{MADE_UP}{plan.seed}-{number:05d}",
            f"{name} {number}",
            f"customer{number}@example.com",
            f"+44 20 7946 {dice.below(1000):04d}",
            str(dice.moment()) if dice.below(5) else None,
            "active" if dice.below(12) else "suspended",
            json.dumps([address], ensure_ascii=False),
            dice.one_of((None, "bronze", "silver", "gold", "platinum")),
            dice.below(20_000),
        )


def orders(plan: Plan, customers: int, count: int) -> Iterator[Values]:
    dice = plan.dice("order")
    for number in range(count):
        yield (
            plan.id("order", number),
            plan.business_id,
            plan.id("customer", dice.below(customers)),
            f"{MADE_UP}{plan.seed}-{number:06d}",
            dice.one_of(("completed",) * 8 + ("pending", "cancelled")),
            str(dice.moment()),
            plan.currency,
        )


def order_lines(plan: Plan, orders: int) -> Iterator[Values]:
    """Three each; now and then one is cancelled, or cheaper."""
    dice = plan.dice("order_line")
    for number in range(orders * 3):
        sku, product, price = dice.one_of(PRODUCTS)
        quantity = 1 + dice.below(12)
        discount = dice.one_of(("0.0000", "0.0000", "0.0500", "0.1500"))
        exact = quantity * Decimal(price) * (1 - Decimal(discount))
        yield (
            plan.id("order_line", number),
            plan.business_id,
            plan.id("order", number // 3),
            number % 3 + 1,
            sku,
            product,
            quantity,
            price,
            discount,
            str(exact.quantize(Decimal("0.01"), ROUND_HALF_EVEN)),
            dice.below(25) == 0,
        )


def notes(plan: Plan, customers: int) -> Iterator[Values]:
    dice = plan.dice("note")
    for number in range(customers):
        yield (
            plan.id("note", number),
            plan.business_id,
            plan.id("customer", dice.below(customers)),
            dice.one_of(PEOPLE)[0],
            dice.one_of(NOTES) or "Called back.",
            str(dice.moment()),
        )


def labels(
    plan: Plan, table: str, names: Sequence[str], customers: int
) -> Iterator[Values]:
    """A tag or a segment for every other customer."""
    dice = plan.dice(table)
    for number in range(0, customers, 2):
        customer = plan.id("customer", number)
        yield plan.id(table, number), plan.business_id, customer, dice.one_of(names)


def tickets(plan: Plan, customers: int) -> Iterator[Values]:
    dice = plan.dice("ticket")
    for number in range(customers // 2):
        opened = dice.moment()
        is_open = dice.below(4) == 0
        yield (
            plan.id("ticket", number),
            plan.business_id,
            plan.id("customer", dice.below(customers)),
            dice.one_of(("Late delivery", "Rechnung fehlt", "Wrong address")),
            "open" if is_open else "closed",
            str(opened),
            None if is_open else str(dice.after(opened, 200)),
        )
