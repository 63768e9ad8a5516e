"""The parts of the demo that need no server: its data, and its readers."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection

from customers import keys
from customers.models import Business, Company, Order, User, Verification
from exports.management.demo import data
from exports.management.demo.readers import COUNTERS, PAGES
from exports.pipeline.renderers import RENDERERS
from tests import make
from tests.exports.pipeline.engine import engine, export

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)


@engine
def test_counters_read_the_files_back(tmp_path):
    business = make.business("ours")
    company = make.company(business)
    for number in range(5):
        make.verification(company, notes=f"line\n{number}")
    make.verification(make.company(make.business("theirs")))

    found = {}
    for name, counter in {**COUNTERS, "pdf": PAGES}.items():
        path = tmp_path / f"a.{RENDERERS[name].extension}"
        path.write_bytes(export(business, format=name).content)
        found[name] = counter(path)

    assert found == dict.fromkeys(RENDERERS, 5) | {"pdf": 1}


@pytest.fixture
def new_tables(db):
    """As in a new installation.

    What tests before it have rolled back is still in the tables' files, and PostgreSQL
    plans for the few rows that it last found among all those pages.
    """
    if connection.vendor == "postgresql":
        tables = ("customers_customer", "customers_company", "customers_verification")
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")


def test_data_is_three_businesses_as_of_today(monkeypatch, new_tables):
    monkeypatch.setattr(data, "VERIFICATIONS", 20)
    said: list[str] = []

    data.prepare(said.append, now=NOW)
    data.prepare(said.append, now=NOW)

    counts = [
        Verification.objects.for_business(tenant.id).count() for tenant in data.TENANTS
    ]
    latest = max(Verification.objects.values_list("created_at", flat=True))
    assert counts == [20, 20, 20]
    assert (NOW - latest).days < 60
    assert all(Company.objects.for_business(tenant.id) for tenant in data.TENANTS)
    assert re.fullmatch(r"business_789: \d+ companies, 20 verifications", said[-1])


@pytest.mark.django_db
def test_orders_are_moved_so_that_the_last_was_yesterday():
    business, other = make.business("ours"), make.business("theirs")
    for at in (
        datetime(1998, 5, 1, 9, tzinfo=UTC),
        datetime(1998, 5, 6, 9, tzinfo=UTC),
    ):
        make.order(make.customer(business), ordered_at=at)
    theirs = make.order(make.customer(other), ordered_at=NOW)

    data._shift_orders(business.id, NOW)  # noqa: SLF001 -- a step of its own

    ours = Order.objects.for_business("ours").order_by("ordered_at")
    days = [(NOW - order.ordered_at).days for order in ours]
    assert days == [6, 1]
    theirs.refresh_from_db()
    assert theirs.ordered_at == NOW


@pytest.mark.django_db
def test_secrets_of_the_demo_are_kept_for_the_next_one(tmp_path):
    Business.objects.create(id=data.MAIN, name="Main")

    first = (data.api_key(tmp_path), data.staff_password(tmp_path))
    second = (data.api_key(tmp_path), data.staff_password(tmp_path))

    key = keys.find(first[0], now=NOW, ip_address="127.0.0.1")
    assert first == second
    assert key is not None
    assert User.objects.get().check_password(first[1])
    assert (tmp_path / "api_key").stat().st_mode & 0o777 == 0o600
