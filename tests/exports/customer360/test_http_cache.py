"""The next answer shows every change; nobody gets what was made for another."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import combinations, product

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.cache import cache as store
from django.db import connection, connections

from customers.models import Customer, Note, Order, OrderLine
from customers.registries import online_retail
from exports.customer360 import cache, export
from tests import make
from tests.exports.customer360.reported import staff
from tests.exports.customer360.staff_asks import deeds, get, token_client, told, url
from tests.exports.views.asking import BOTH, signed_in, with_text

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
__all__ = ["staff"]


@pytest.fixture(autouse=True)
def _often(settings):
    settings.EXPORTS = settings.EXPORTS | {"RATE_LIMIT_MAX": 500}


@pytest.fixture
def mine():
    other = make.customer(make.business("business_other"), name="Somebody else")
    make.order(other, number="THEIRS")
    customer = make.customer(make.business("business_mine"), name="Ada")
    make.order(customer, number="MINE")
    make.note(customer)
    return customer


@pytest.mark.parametrize("format_name", ["pdf", "csv", "xlsx"])
def test_hit_has_the_bytes_of_the_miss(staff, mine, format_name):
    miss, hit = (get(staff, mine, format=format_name) for _ in "12")

    assert (miss["X-Cache"], hit["X-Cache"]) == ("MISS", "HIT")
    assert miss.body == hit.body


def test_hit_names_its_own_exporter_and_moment(staff, mine):
    other = make.staff("manager", mine.business)
    miss, hit = get(staff, mine), get(signed_in(other), mine)

    assert (miss["X-Cache"], hit["X-Cache"]) == ("MISS", "HIT")
    first, second = (json.loads(each.body) for each in (miss, hit))
    assert first["customerData"] == second["customerData"]
    assert second["exportMetadata"]["exportedBy"]["name"] == other.username
    moments = [each["exportMetadata"]["exportedAt"] for each in (first, second)]
    assert moments[0] < moments[1]


def by_save(customer: Customer) -> None:
    customer.name = "New name"
    customer.save()


def by_bulk_update(customer: Customer) -> None:
    Order.objects.filter(customer=customer).update(status="cancelled")


def by_bulk_create(customer: Customer) -> None:
    Note.objects.bulk_create(
        [
            Note(
                business_id=customer.business_id,
                customer=customer,
                body="More.",
                created_at=make.NOW,
            )
        ]
    )


def by_raw_sql(customer: Customer) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_orderline SET quantity = 3, amount = 30")


def by_delete(customer: Customer) -> None:
    OrderLine.objects.filter(order__customer=customer).delete()


def by_tag(customer: Customer) -> None:
    make.tag(customer, "new")


def by_name_of_the_business(customer: Customer) -> None:
    type(customer.business).objects.filter(pk="business_mine").update(name="Renamed")


@pytest.mark.parametrize(
    "change",
    [
        *(by_save, by_bulk_update, by_bulk_create, by_raw_sql, by_delete, by_tag),
        by_name_of_the_business,
    ],
)
def test_next_answer_shows_a_change(staff, mine, change):
    before = get(staff, mine)
    again = get(staff, mine)

    change(mine)
    after = get(staff, mine)

    assert [each["X-Cache"] for each in (before, again, after)] == [
        *("MISS", "HIT", "MISS")
    ]
    assert told(before) == told(again) != told(after)


RETAIL = (
    "InvoiceNo;StockCode;Description;Quantity;InvoiceDate;UnitPrice;CustomerID;Country",
    "536365;85123A;HEART HOLDER;6;1/12/2010 08:26;2,55;17850;United Kingdom",
    "536366;85123A;HEART HOLDER;2;2/12/2010 08:26;2,55;17850;United Kingdom",
)


def test_next_answer_shows_what_an_importer_brought(mine, staff, tmp_path):
    path = tmp_path / "retail.csv"
    found = []
    for count in (2, 3):
        path.write_text("\n".join((*RETAIL[:count], "")), encoding="utf-8-sig")
        online_retail.import_orders(path, business=mine.business)
        shopper = Customer.objects.get(external_id="17850")
        found.append([get(staff, shopper) for _ in "12"])

    assert [[each["X-Cache"] for each in pair] for pair in found] == [
        ["MISS", "HIT"]
    ] * 2
    spent = [[told(each)["metrics"]["totalSpent"] for each in pair] for pair in found]
    assert spent == [[15.3, 15.3], [20.4, 20.4]]


def test_another_customers_change_leaves_what_is_kept(staff, mine):
    get(staff, mine)

    make.order(Customer.objects.get(name="Somebody else"))

    assert get(staff, mine)["X-Cache"] == "HIT"


QUERIES = (
    {},
    *({"format": name} for name in ("csv", "xlsx")),
    *({f"include{name}": "false"} for name in ("Orders", "Notes", "Tags")),
    {"includeAnalytics": "true"},
    *({"dateRange": name} for name in ("30d", "90d", "1y")),
    *({"orderLimit": limit} for limit in (1, 99, "all")),
    {"compression": "gzip"},
)


def test_each_parameter_has_an_answer_of_its_own(staff, mine):
    found = [[get(staff, mine, **query)["X-Cache"] for query in QUERIES] for _ in "12"]

    assert found == [["MISS"] * len(QUERIES), ["HIT"] * len(QUERIES)]


def test_what_a_manager_had_kept_no_operator_gets(mine):
    clients = {
        role: token_client(role, mine.business) for role in ("manager", "operator")
    }
    alone = {}
    for role, each in clients.items():
        store.clear()
        alone[role] = told(get(each, mine))

    for first, second in combinations(("manager", "operator", "manager"), 2):
        store.clear()
        shared = [told(get(clients[role], mine)) for role in (first, second)]
        assert shared == [alone[first], alone[second]]

    assert alone["operator"]["notes"][0]["body"] is None
    assert alone["manager"]["notes"][0]["body"] == "Called back."


def test_languages_are_never_mixed(staff, mine):
    person = signed_in(make.staff("manager", mine.business, username="person"))
    found = []
    for asker, language in product((staff, person), ("en", "de")):
        headers = {"Accept-Language": language}
        found.append(asker.get(url(mine, format="csv"), headers=headers))

    # A program gets English, whatever it takes.
    assert [each["X-Cache"] for each in found] == ["MISS", "HIT", "HIT", "MISS"]
    assert [b"Gesundheitswert" in each.content for each in found] == [0, 0, 0, 1]


def test_day_of_the_business_ends_what_is_kept(staff, mine):
    type(mine.business).objects.filter(pk="business_mine").update(
        time_zone="Pacific/Auckland"
    )
    late = datetime(2025, 1, 20, 10, 59, 59, tzinfo=UTC)  # a second before midnight
    found = []
    for seconds in (0, 0.5, 1, 2):
        with time_machine.travel(late + timedelta(seconds=seconds), tick=False):
            found.append(get(staff, mine))

    days = [told(each)["metrics"]["daysSinceLastPurchase"] for each in found]
    assert days == [14, 14, 15, 15]
    if not django_settings.REDIS_URL:  # whose clock stays what it is
        assert [each["X-Cache"] for each in found] == ["MISS", "HIT", "MISS", "HIT"]


def test_fifty_misses_at_once_build_one(mine, monkeypatch):
    built = []
    text = make.staff_token(make.staff("manager", mine.business))[1]
    body = export._body  # noqa: SLF001 -- to count the builds

    def counted(asking):
        built.append(1)
        return body(asking)

    monkeypatch.setattr(export, "_body", counted)

    def ask(_: int) -> tuple[str, bytes]:
        try:
            answer = get(with_text(text), mine, format="csv")
            return answer["X-Cache"], answer.body
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(ask, range(50)))

    assert built == [1]
    assert Counter(hit for hit, _ in found) == {"MISS": 1, "HIT": 49}
    assert len({content for _, content in found}) == 1


def test_change_while_it_is_built_is_not_kept_as_if_before(staff, mine, monkeypatch):
    body = export._body  # noqa: SLF001 -- to come in between

    def overtaken(asking):
        chunks = [*body(asking)]
        Customer.objects.filter(pk=mine.pk).update(name="Changed meanwhile")
        yield from chunks

    monkeypatch.setattr(export, "_body", overtaken)
    get(staff, mine)
    monkeypatch.setattr(export, "_body", body)

    after = get(staff, mine)

    assert (after["X-Cache"], told(after)["profile"]["name"]) == (
        *("MISS", "Changed meanwhile"),
    )


def test_redis_away_builds_each_time_and_fails_never(staff, mine, monkeypatch):
    def away(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(cache, "_health", type(cache._health)())  # noqa: SLF001 -- of the process
    for name in ("get", "set", "add"):
        monkeypatch.setattr(store, name, away, raising=False)

    found = [get(staff, mine) for _ in "12"]

    assert [(each.status_code, each["X-Cache"]) for each in found] == [
        (200, "MISS")
    ] * 2
    assert deeds() == [("ok", "MISS")] * 2
