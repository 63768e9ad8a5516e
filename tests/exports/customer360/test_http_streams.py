"""Reports of many orders over HTTP: streamed, or whole; broken, compressed, left."""

import csv
import gzip
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Order, OrderLine
from exports.customer360 import views
from tests.exports.customer360.reported import mine, often, staff
from tests.exports.customer360.staff_asks import (
    deeds,
    get,
    told,
    url,
)
from tests.exports.views.asking import BOTH, body

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
__all__ = ["mine", "often", "staff"]


def many(customer, count: int) -> None:
    day = timezone.now() - timedelta(days=1)
    orders = [
        Order(
            business_id=customer.business_id,
            customer=customer,
            number=f"N{number}",
            status="completed",
            ordered_at=day - timedelta(minutes=number),
            currency="EUR",
        )
        for number in range(count)
    ]
    Order.objects.bulk_create(orders)
    OrderLine.objects.bulk_create(
        OrderLine(
            business_id=customer.business_id,
            order=order,
            position=1,
            sku="S",
            quantity=1,
            unit_price=1,
            amount=1,
        )
        for order in orders
    )


def table_of_orders(content: bytes) -> list[dict[str, str]]:
    text = content.decode().partition("\r\n\r\n")[2]
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_of_more_than_500_orders_is_streamed_and_not_kept(staff, mine):
    many(mine, 500)

    first, second = (get(staff, mine, format="csv", orderLimit="all") for _ in "12")

    for answer in (first, second):
        assert answer.streaming
        assert answer["X-Cache"] == "MISS"
        assert [
            name for name in ("Content-Length", "X-Export-Size") if name in answer
        ] == []
    assert first.body == second.body
    assert [row["Order"] for row in table_of_orders(first.body)] == [
        *(f"N{number}" for number in range(500)),
        "MINE",
    ]
    assert deeds() == [("ok", "MISS")] * 2


def test_csv_of_500_orders_is_kept(staff, mine):
    many(mine, 499)

    found = [get(staff, mine, format="csv", orderLimit="all") for _ in "12"]

    assert [(each.streaming, each["X-Cache"]) for each in found] == [
        *((False, "MISS"), (False, "HIT"))
    ]


def test_limit_of_500_keeps_a_csv_from_being_streamed(staff, mine):
    many(mine, 600)

    few = get(staff, mine, format="csv", orderLimit=500)
    more = get(staff, mine, format="csv", orderLimit=501)

    assert (few.streaming, len(table_of_orders(few.body))) == (False, 500)
    assert (more.streaming, len(table_of_orders(more.body))) == (True, 501)


def test_orders_out_of_the_range_do_not_make_a_csv_stream(staff, mine):
    many(mine, 600)
    Order.objects.filter(number__startswith="N").update(
        ordered_at=timezone.now() - timedelta(days=50)
    )

    answers = [
        get(staff, mine, format="csv", orderLimit="all", dateRange=name)
        for name in ("30d", "90d")
    ]

    assert [each.streaming for each in answers] == [False, True]


def test_head_of_a_stream_reads_nothing_to_its_end(staff, mine):
    many(mine, 501)

    answer = staff.head(url(mine, format="csv", orderLimit="all"))

    assert (body(answer), answer.streaming, answer["X-Cache"]) == (b"", True, "MISS")
    assert get(staff, mine, format="csv", orderLimit="all").status_code == 200


def test_stream_that_breaks_ends_in_no_answer_that_looks_whole(
    staff, mine, monkeypatch
):
    many(mine, 1200)
    read = views.export.Begun.__iter__

    def broken(self):
        for number, chunk in enumerate(read(self)):
            if number == 3:
                raise ConnectionError("the database went away")
            yield chunk

    monkeypatch.setattr(views.export.Begun, "__iter__", broken)
    answer = staff.get(url(mine, format="csv", orderLimit="all"))

    with pytest.raises(ConnectionError):
        b"".join(answer)
    answer.close()


def test_stream_may_be_compressed(staff, mine):
    many(mine, 600)

    packed = get(staff, mine, format="csv", orderLimit="all", compression="gzip")

    assert (packed.streaming, packed["Content-Type"]) == (True, "application/gzip")
    assert len(table_of_orders(gzip.decompress(packed.body))) == 601


def test_json_of_all_orders_is_whole(staff, mine):
    many(mine, 1200)

    answer = get(staff, mine, orderLimit="all")

    assert not answer.streaming
    assert len(told(answer)["orders"]) == 1201
