from threading import Event, Thread

import pytest
from django.db import connection, connections, transaction

from customers import sequence
from customers.models import Company, Report, Verification
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Verification, Company)


@pytest.fixture
def row(mine):
    return make.verification(mine)


def moved(since, tables=TABLES):
    return sequence.has_moved(since, "business_mine", tables)


def mark():
    taken = sequence.take("business_mine", TABLES)
    return sequence.Mark.from_json(taken.as_json())


def insert(row):
    make.verification(row.company)


def update(row):
    Verification.objects.filter(pk=row.pk).update(notes="seen")


def update_parent(row):
    Company.objects.filter(pk=row.company_id).update(city="Leeds")


def delete(row):
    row.delete()


@pytest.mark.parametrize("change", [insert, update, update_parent, delete])
def test_each_change_of_the_tables_moves_it(row, change):
    since = mark()
    before = moved(since)

    change(row)

    assert (before, moved(since), moved(mark())) == (False, True, False)


def test_what_belongs_to_others_or_other_tables_moves_nothing(row, mine):
    since = mark()

    make.verification(make.business("business_other")).delete()
    make.report(mine).delete()

    assert (moved(since), moved(since, (Report,))) == (False, True)


def test_what_commits_after_the_mark_is_not_lost(row):
    written, marked = Event(), Event()

    def late():
        with transaction.atomic():
            update(row)
            written.set()
            assert marked.wait(30)
        connections.close_all()

    writer = Thread(target=late)
    writer.start()
    assert written.wait(30)
    if connection.vendor == "postgresql":
        # A higher number that commits first; SQLite lets nobody write meanwhile.
        make.verification(row.company)
    since = mark()
    before = moved(since)
    marked.set()
    writer.join()

    assert (before, moved(since), moved(mark())) == (False, True, False)
