"""Customers with as many orders as a test wants."""

from datetime import timedelta

from customers.models import Customer, Order, OrderLine
from tests import make


def shopper(orders: int, *, lines: int = 3, neighbour: bool = True) -> Customer:
    """Two orders a minute.

    :param neighbour: in another business are as many of the same times.
    """
    made = []
    for name in ("business_mine", "business_other")[: 1 + neighbour]:
        business = make.business(name)
        customer = make.customer(business)
        make.note(customer)
        made.append(customer)
        placed = Order.objects.bulk_create(
            Order(
                business=business,
                customer=customer,
                number=f"{customer.external_id}-{number}",
                status="completed",
                ordered_at=make.NOW - timedelta(minutes=number // 2),
                currency="EUR",
            )
            for number in range(orders)
        )
        OrderLine.objects.bulk_create(
            OrderLine(
                business=business,
                order=order,
                position=position,
                sku=f"SKU-{position}",
                quantity=1,
                unit_price=10,
                amount=10,
            )
            for order in placed
            for position in range(1, lines + 1)
        )
    return made[0]
