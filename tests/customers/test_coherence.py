"""The database keeps every row, and what it refers to, in one business."""

import pytest
from django.db import IntegrityError, connection, transaction

from customers.models import Order, OrderLine, Verification
from tests import make

pytestmark = pytest.mark.django_db

ROWS = [
    make.company,
    make.verification,
    make.report,
    make.audit_log,
    make.user_account,
    make.customer,
    make.order,
]


def refused() -> pytest.RaisesExc:
    return pytest.raises(IntegrityError, match="business")


@pytest.mark.parametrize("maker", ROWS)
def test_row_stays_with_its_business(maker):
    row, other = maker(), make.business()
    before = row.business_id

    with refused(), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(business=other)

    row.refresh_from_db()
    assert row.business_id == before


@pytest.mark.parametrize(
    "child", [make.order, make.note, make.tag, make.segment, make.ticket]
)
def test_child_of_another_business_is_refused(child):
    customer = make.customer()
    row = child(make.customer())
    row.pk, row._state.adding, row.customer = None, True, customer
    row.id = make.customer().pk

    with refused(), transaction.atomic():
        row.save(force_insert=True)

    assert type(row).objects.filter(customer=customer).count() == 0


def test_verification_of_another_businesss_company_is_refused():
    company, business = make.company(), make.business()

    with refused(), transaction.atomic():
        Verification.objects.create(company=company, business=business)

    assert Verification.objects.count() == 0


def test_line_of_another_businesss_order_is_refused_among_good_ones():
    order, other = make.order(lines=[]), make.order(lines=[])
    line = {"sku": "1", "quantity": 1, "unit_price": 1, "amount": 1}

    with refused(), transaction.atomic():
        OrderLine.objects.bulk_create(
            [
                OrderLine(business=order.business, order=order, position=1, **line),
                OrderLine(business=order.business, order=other, position=1, **line),
            ]
        )

    assert OrderLine.objects.count() == 0


def test_child_cannot_be_moved_to_another_businesss_parent():
    order, stranger = make.order(), make.customer()

    with refused(), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(customer=stranger)


def test_raw_sql_is_held_to_it_too():
    verification, stranger = make.verification(), make.company()
    own = str if connection.vendor == "postgresql" else (lambda value: value.hex)

    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_verification SET company_id = %s WHERE id = %s",
            [own(stranger.pk), own(verification.pk)],
        )
