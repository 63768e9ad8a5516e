"""The audit trail: what is written, and that nothing can be unwritten."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from customers import audit
from customers.models import AuditEvent
from tests import make

pytestmark = pytest.mark.django_db

ACTOR = replace(make.SYSTEM, request_id="req-1", ip_address="203.0.113.9")


def recorded() -> AuditEvent:
    return audit.record(
        "export.download",
        actor=ACTOR,
        business_id="business_of_no_row",
        object_type="export",
        object_id="exp_1",
        outcome="denied",
        details={"bytes": 7},
        now=make.NOW,
    )


def test_record_writes_who_what_and_how_it_went():
    event = recorded()

    event.refresh_from_db()
    fields = {
        field.name: getattr(event, field.name)
        for field in AuditEvent._meta.fields
        if field.name != "id"
    }
    assert fields == {
        "at": make.NOW,
        "business_id": "business_of_no_row",
        "actor_kind": "system",
        "actor_id": "system",
        "actor_label": "tests",
        "action": "export.download",
        "object_type": "export",
        "object_id": "exp_1",
        "outcome": "denied",
        "ip_address": "203.0.113.9",
        "request_id": "req-1",
        "details": {"bytes": 7},
    }


def test_record_goes_with_the_deed():
    with transaction.atomic():
        recorded()
        transaction.set_rollback(True)

    assert AuditEvent.objects.count() == 0


def test_record_cuts_a_label_that_is_too_long():
    actor = replace(ACTOR, label="x" * 500)

    event = audit.record("staff.sign_in", actor=actor, business_id=None)

    assert (event.actor_label, event.business_id) == ("x" * 200, None)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE customers_auditevent SET outcome = 'ok'",
        "DELETE FROM customers_auditevent",
    ],
)
def test_event_can_be_neither_changed_nor_deleted(sql):
    recorded()

    with (
        pytest.raises(IntegrityError, match="only ever added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)

    assert list(AuditEvent.objects.values_list("outcome", flat=True)) == ["denied"]


def test_event_can_be_neither_changed_nor_deleted_through_the_orm():
    event = recorded()
    event.outcome = "ok"

    for write in (event.save, event.delete, AuditEvent.objects.all().delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()

    assert AuditEvent.objects.get().outcome == "denied"
