"""Change sequence, tombstones and revisions, under every way of writing."""

from uuid import UUID

import pytest
from django.db import connection, models

from customers.models import (
    AuditLog,
    Company,
    Customer,
    Order,
    OrderLine,
    Report,
    Tombstone,
    UserAccount,
    Verification,
)
from tests import make

pytestmark = pytest.mark.django_db

MAKERS = {
    Company: make.company,
    Verification: make.verification,
    Report: make.report,
    AuditLog: make.audit_log,
    UserAccount: make.user_account,
    Customer: make.customer,
}

# For each table, one column that any row may have changed.
COLUMNS = {
    Company: {"city": "Ghent"},
    Verification: {"notes": "seen"},
    Report: {"title": "seen"},
    AuditLog: {"action": "seen"},
    UserAccount: {"name": "seen"},
    Customer: {"name": "seen"},
}

exportable = pytest.mark.parametrize("model", MAKERS, ids=lambda m: m.__name__)


def seq(row: models.Model) -> int:
    return type(row)._base_manager.values_list("change_seq", flat=True).get(pk=row.pk)


def table(model: type[models.Model]) -> str:
    return f"customers_{model.__name__.lower()}"


def raw(sql: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def stored(value: UUID) -> str:
    """A UUID as this database takes it as text."""
    return str(value) if connection.vendor == "postgresql" else value.hex


def revision(customer: Customer) -> int:
    return Customer.objects.values_list("revision", flat=True).get(pk=customer.pk)


@exportable
def test_insert_rises_above_all_before(model):
    first = MAKERS[model]()

    second = MAKERS[model]()

    assert 0 < seq(first) < seq(second)


@exportable
def test_bulk_update_stamps_every_row_anew(model):
    business = make.business()
    rows = [MAKERS[model](business) for _ in range(3)]
    other = MAKERS[model]()
    before, other_before = max(map(seq, rows)), seq(other)

    model.objects.for_business(business.pk).update(**COLUMNS[model])

    after = sorted(map(seq, rows))
    assert after[0] > before
    assert len(set(after)) == 3
    assert seq(other) == other_before


@exportable
def test_raw_update_stamps(model):
    row = MAKERS[model]()
    before = seq(row)
    ((column, value),) = COLUMNS[model].items()

    raw(
        f"UPDATE {table(model)} SET {column} = %s WHERE id = %s",
        value,
        stored(row.pk),
    )

    assert seq(row) > before


@exportable
def test_saving_a_stale_instance_stamps_anew(model):
    stale = MAKERS[model]()
    before = seq(stale)
    model.objects.filter(pk=stale.pk).update(**COLUMNS[model])
    between = seq(stale)

    stale.save()

    assert before < between < seq(stale)


@exportable
def test_upsert_stamps(model):
    row = MAKERS[model]()
    before = seq(row)

    model.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=list(COLUMNS[model]),
    )

    assert seq(row) > before


@exportable
def test_delete_leaves_a_tombstone(model):
    row = MAKERS[model]()
    before, row_id, business_id = seq(row), row.pk, row.business_id
    kept = MAKERS[model]()

    raw(f"DELETE FROM {table(model)} WHERE id = %s", stored(row_id))

    stone = Tombstone.objects.get(table_name=table(model))
    assert (stone.row_id, stone.business_id) == (row_id, business_id)
    assert stone.seq > max(before, seq(kept))
    assert stone.deleted_at.tzinfo is not None


def test_delete_of_many_leaves_one_tombstone_each():
    business = make.business()
    rows = [make.report(business) for _ in range(3)]
    make.report()

    Report.objects.for_business(business.pk).delete()

    stones = Tombstone.objects.values_list("row_id", flat=True)
    assert sorted(stones) == sorted(row.pk for row in rows)
    assert len(set(Tombstone.objects.values_list("seq", flat=True))) == 3


def test_transaction_is_known_where_the_database_has_one():
    row = make.company()

    row.refresh_from_db()

    assert (row.change_xid is not None) == (connection.vendor == "postgresql")


def test_revision_is_never_one_that_was():
    customer = make.customer()
    seen = revision(customer)
    identity, business = customer.pk, customer.business
    customer.delete()

    again = make.customer(business, id=identity)

    assert revision(again) > seen


def test_revision_written_by_hand_does_not_stay():
    customer = make.customer()
    before = revision(customer)

    customer.name = "Renamed"
    customer.save()

    assert revision(customer) > before


@pytest.mark.parametrize(
    "child", [make.order, make.note, make.tag, make.segment, make.ticket]
)
def test_revision_rises_with_what_belongs_to_the_customer(child):
    customer, other = make.customer(), make.customer()
    before, others = revision(customer), revision(other)

    row = child(customer)
    inserted = revision(customer)
    column = {"order": "number", "note": "body", "supportticket": "subject"}.get(
        type(row).__name__.lower(), "name"
    )
    type(row).objects.filter(pk=row.pk).update(**{column: "changed"})
    updated = revision(customer)
    type(row).objects.filter(pk=row.pk).delete()

    assert before < inserted < updated < revision(customer)
    assert revision(other) == others


def test_revision_rises_with_lines_of_many_customers_at_once():
    business = make.business()
    customers = [make.customer(business) for _ in range(3)]
    for customer in customers:
        make.order(customer, lines=[{}, {}])
    other = make.order()
    before = [revision(customer) for customer in customers]
    others = revision(other.customer)

    OrderLine.objects.for_business(business.pk).update(cancelled=True)
    updated = [revision(customer) for customer in customers]
    OrderLine.objects.for_business(business.pk).delete()
    deleted = [revision(customer) for customer in customers]

    assert all(old < new for old, new in zip(before, updated, strict=True))
    assert all(old < new for old, new in zip(updated, deleted, strict=True))
    assert revision(other.customer) == others


def test_revision_rises_for_both_when_an_order_changes_hands():
    business = make.business()
    giver, taker = make.customer(business), make.customer(business)
    order = make.order(giver)
    before = revision(giver), revision(taker)

    Order.objects.filter(pk=order.pk).update(customer=taker)

    assert revision(giver) > before[0]
    assert revision(taker) > before[1]


def test_change_of_what_belongs_to_a_customer_is_a_change_of_the_customer():
    customer = make.customer()
    before = seq(customer)

    make.tag(customer)

    assert seq(customer) > before
