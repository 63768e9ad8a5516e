"""A bulk run that breaks off in the middle of a customer leaves nothing open."""

import inspect
from collections.abc import Generator
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from customers.models import Order
from customers.view360 import orders
from exports import claims
from exports.customer360.bulk import BulkRun
from exports.customer360.formats import Format
from exports.errors import Cancelled
from exports.pipeline.run import Unwatched
from tests import make
from tests.exports.customer360.bulk_made import people, waiting
from tests.exports.views.asking import BOTH

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)

PLACED = 1000
"""Orders of a customer: more than are read and written at once."""


class StoppingAt(Unwatched):
    """A watch that hears of a cancel at this chunk."""

    def __init__(self, chunk: int) -> None:
        self.left = chunk

    def wrote(self, rows: int) -> None:
        del rows
        self.left -= 1
        if self.left == 0:
            raise Cancelled("enough")


@pytest.fixture
def held(monkeypatch) -> list[Generator[Any, None, None]]:
    """All that reads orders and writes bodies: nothing of it is collected."""
    found: list[Generator[Any, None, None]] = []
    placed, body = orders.placed, Format.body

    def holding(make):
        def made(*args, **kwargs):
            found.append(make(*args, **kwargs))
            return found[-1]

        return made

    monkeypatch.setattr(orders, "placed", holding(placed))
    monkeypatch.setattr(Format, "body", holding(body))
    return found


@pytest.fixture
def run() -> BulkRun:
    made = people(2)
    Order.objects.bulk_create(
        Order(
            business=made[0].business,
            customer=made[0],
            number=f"M-{number}",
            status="completed",
            ordered_at=make.NOW,
            currency="EUR",
        )
        for number in range(PLACED)
    )
    manager = make.staff(of=made[0].business)
    waiting(made, manager, format="json", orderLimit="all")
    job = claims.claim("bulk", worker="w1", now=timezone.now())
    assert job is not None
    return BulkRun(job)


@pytest.mark.parametrize("chunk", [1, 4])
def test_run_that_is_cancelled_amid_the_orders_ends_reading_them(run, held, chunk):
    run.watch = StoppingAt(chunk)

    with pytest.raises(Cancelled) as broken:  # which keeps all frames alive
        b"".join(run.chunks())

    assert str(broken.value) == "enough"
    assert [inspect.getgeneratorstate(each) for each in held] == ["GEN_CLOSED"] * 2
    assert not connections["snapshot"].in_atomic_block


def test_run_that_nobody_reads_on_ends_reading_orders(run, held):
    chunks = run._one(run._bulk.customer_ids[0])  # noqa: SLF001 -- an archive reads ahead

    taken = [next(chunks) for _ in range(4)]
    before = [inspect.getgeneratorstate(each) for each in held]
    chunks.close()

    assert b'"number":"M-' in taken[3]
    assert before == ["GEN_SUSPENDED"] * 2
    assert [inspect.getgeneratorstate(each) for each in held] == ["GEN_CLOSED"] * 2
