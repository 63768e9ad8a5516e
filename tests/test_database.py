"""The tests' own database: emptied after a test, with its rules still in force."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, connections

from customers.models import AuditEvent, Business
from tests import make

DATABASES = ["default", "snapshot"]


@pytest.mark.django_db(transaction=True)
def test_flush_empties_what_only_grows_and_keeps_its_rule():
    AuditEvent.objects.create(action="test.act", actor_kind="system")

    call_command("flush", interactive=False, verbosity=0)

    assert AuditEvent.objects.count() == 0
    event = AuditEvent.objects.create(action="test.act", actor_kind="system")
    with pytest.raises(IntegrityError):
        event.delete()


@pytest.mark.django_db(transaction=True, databases=DATABASES)
def test_snapshot_sees_what_is_committed():
    made = make.business("business_of_the_snapshot")

    seen = Business.objects.using("snapshot").values_list("id", flat=True)

    assert list(seen) == [made.id]


@pytest.mark.django_db(transaction=True, databases=DATABASES)
def test_default_is_written_while_a_snapshot_is_open():
    make.business("business_before")
    snapshot = connections["snapshot"]
    with snapshot.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT count(*) FROM customers_business")
        before = cursor.fetchone()

        make.business("business_after")

        cursor.execute("SELECT count(*) FROM customers_business")
        during = cursor.fetchone()
        cursor.execute("ROLLBACK")
    assert (before, during, Business.objects.count()) == ((1,), (1,), 2)


@pytest.mark.django_db
def test_database_is_the_one_asked_for(settings):
    assert connection.vendor == settings.DATABASE_URL.split(":")[0].replace(
        "postgres", "postgresql"
    )
