"""A shop's customers, orders and lines into a business's, in batches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from customers.models import Business, Customer, Order, OrderLine
from customers.registries.source import BATCH, Outcome, Skip
from customers.registries.upsert import check_lengths, known_ids, write

_CENT: Final = Decimal("0.01")
_EXACT: Final = Decimal("0.0001")
_ORDER: Final = ("customer", "status", "ordered_at", "currency")
_LINE: Final = ("sku", "product_name", "quantity", "unit_price", "discount")


@dataclass(frozen=True, slots=True)
class Head:
    """An order without its lines; ``customer`` is the external id."""

    number: str
    customer: str
    status: Order.Status
    ordered_at: datetime
    currency: str


@dataclass(frozen=True, slots=True)
class Line:
    sku: str
    product_name: str
    quantity: int
    unit_price: Decimal
    discount: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal:
        """Quantity x unit price x (1 - discount), half-even to cents."""
        exact = self.quantity * self.unit_price * (1 - self.discount)
        return exact.quantize(_CENT, ROUND_HALF_EVEN)


@dataclass(slots=True)
class Shop:
    """Collects rows and writes them by batches: ``flush`` when there are no more."""

    business: Business
    outcome: Outcome
    customers: dict[str, UUID] = field(default_factory=dict)
    _new: dict[str, dict[str, Any]] = field(default_factory=dict)
    _lines: list[tuple[Head, int, Line]] = field(default_factory=list)

    def customer(self, external_id: str, **fields: Any) -> None:
        """Written once a run, however often it comes.

        :raises Skip: for a text that is too long.
        """
        if external_id not in self.customers and external_id not in self._new:
            check_lengths(Customer, {"external_id": external_id} | fields)
            self._new[external_id] = fields

    def line(self, head: Head, position: int, line: Line) -> None:
        """:raises Skip: for a number or text that no column holds."""
        check_lengths(Order, {"number": head.number})
        check_lengths(OrderLine, {"sku": line.sku, "product_name": line.product_name})
        _check_numbers(line)
        self._lines.append((head, position, line))
        if len(self._lines) >= BATCH:
            self.flush()

    def flush(self) -> None:
        self._write_customers()
        orders = self._write_orders({head.number: head for head, _, _ in self._lines})
        rows = [self._row(orders[h.number], h, at, line) for h, at, line in self._lines]
        update = (*_LINE, "amount", "cancelled")
        self._count("lines", write(OrderLine, rows, update=update))
        self._lines.clear()

    def _write_customers(self) -> None:
        mine = Customer.objects.for_business(self.business.pk)
        known = known_ids(mine, "external_id", self._new)
        rows = [
            Customer(
                id=known.get(external_id) or self._id("customer", external_id),
                business=self.business,
                external_id=external_id,
                **fields,
            )
            for external_id, fields in self._new.items()
        ]
        if rows:
            update = next(iter(self._new.values()))
            self._count("customers", write(Customer, rows, update=update))
        self.customers |= {row.external_id: row.pk for row in rows}
        self._new.clear()

    def _write_orders(self, heads: Mapping[str, Head]) -> dict[str, UUID]:
        mine = Order.objects.for_business(self.business.pk)
        known = known_ids(mine, "number", heads)
        rows = [
            Order(
                id=known.get(head.number) or self._id("order", head.number),
                business=self.business,
                customer_id=self.customers[head.customer],
                number=head.number,
                status=head.status,
                ordered_at=head.ordered_at,
                currency=head.currency,
            )
            for head in heads.values()
        ]
        write(Order, rows, update=_ORDER)
        return {row.number: row.pk for row in rows}

    def _row(self, order_id: UUID, head: Head, position: int, line: Line) -> OrderLine:
        return OrderLine(
            id=uuid5(order_id, f"line/{position}"),
            business=self.business,
            order_id=order_id,
            position=position,
            sku=line.sku,
            product_name=line.product_name,
            quantity=line.quantity,
            unit_price=line.unit_price,
            discount=line.discount,
            amount=line.amount,
            cancelled=head.status == Order.Status.CANCELLED,
        )

    def _id(self, kind: str, name: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"{kind}/{self.business.pk}/{name}")

    def _count(self, kind: str, written: int) -> None:
        self.outcome.written[kind] += written


def _check_numbers(line: Line) -> None:
    """No database is to round what the file says, or to refuse the whole of it."""
    price, discount = line.unit_price, line.discount
    if not (price.is_finite() and discount.is_finite() and 0 <= discount <= 1):
        raise Skip("a price or discount out of range")
    if (
        abs(line.quantity) >= 2**31
        or abs(price) >= 10**10
        or abs(line.amount) >= 10**12
    ):
        raise Skip("a number too large")
    if price != price.quantize(_EXACT) or discount != discount.quantize(_EXACT):
        raise Skip("more than four digits after the point")
