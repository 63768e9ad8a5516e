"""A customer's page: what the report tells, to whom, and the way to its files."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import AuditEvent, Customer
from exports.models import ExportJob
from templates_app.admin import customers as customers_admin
from tests import make
from tests.customers.admin.asking import PAYLOAD, at_admin, page
from tests.exports.customer360.staff_asks import get as reported
from tests.exports.customer360.staff_asks import told as view_of
from tests.exports.stored import storage
from tests.exports.views.asking import BOTH, signed_in
from tests.templates_app.admin.choosing import chosen, told

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
GERMAN = {"Accept-Language": "de"}


@pytest.fixture
def mine(settings, tmp_path):
    storage(settings, tmp_path)
    settings.EXPORTS = settings.EXPORTS | {
        "RATE_LIMIT_MAX": 50,
        "BULK_RATE_LIMIT_MAX": 50,
    }
    theirs = make.customer(make.business("business_theirs"), name="Theirs")
    make.order(theirs, number="FOREIGN")
    return make.business("business_mine", name="Mine")


def whole(of, **values) -> Customer:
    """Somebody of whom there is something in every section."""
    row = make.customer(of, loyalty_level="gold", loyalty_points=500, **values)
    ago = timezone.now() - timedelta(days=40)
    make.order(row, ordered_at=ago, lines=[{"sku": "A"}, {"sku": "B"}])
    make.order(row, ordered_at=ago + timedelta(days=30))
    make.order(row, ordered_at=ago, status="cancelled")
    make.note(row, body="Asked for a refund.")
    make.tag(row, "vip")
    make.segment(row, "regulars")
    make.ticket(row)
    return row


def shown(of, row: Customer, **headers):
    answer = of.get(page(Customer, "change", row.pk), **headers)
    assert answer.status_code == 200, answer
    return answer


def cells(answer, name: str) -> list[list[str]]:
    """What a table of the page says, tags and spaces left out."""
    html = answer.content.decode()
    found = re.search(
        rf'<table data-table="{name}">.*?<tbody>(.*?)</tbody>', html, re.DOTALL
    )
    assert found, name
    return [
        [
            re.sub(r"\s+", " ", cell).strip()
            for cell in re.findall(r"<td.*?>(.*?)</td>", row)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", found[1], re.DOTALL)
    ]


def test_page_tells_what_the_report_tells(mine):
    row = whole(mine)
    client = at_admin("manager", mine)

    answer = shown(client, row)
    view = view_of(reported(signed_in(make.staff("manager", mine)), row))

    orders = view["orders"]
    assert [each[0] for each in cells(answer, "orders")] == [
        order["number"] for order in orders
    ]
    assert [each[5] for each in cells(answer, "orders")] == [
        f"{order['total']:.2f}" for order in orders
    ]
    assert [each[:3] for each in cells(answer, "lines")] == [
        [order["number"], line["sku"], line["productName"]]
        for order in orders
        for line in order["lines"]
    ]
    assert [each[1:] for each in cells(answer, "notes")] == [
        [note["author"], note["body"]] for note in view["notes"]
    ]
    html = answer.content.decode()
    assert f"{view['health']['score']} of 100" in html
    assert "30.00 EUR" in html
    assert "regulars" in html
    assert "Theirs" not in html
    assert "FOREIGN" not in html


def test_page_withholds_what_is_above_the_reader(mine):
    row = whole(mine)

    manager = cells(shown(at_admin("manager", mine), row), "notes")
    operator = cells(shown(at_admin("operator", mine), row), "notes")

    assert [each[1:] for each in manager] == [["Rosa Meier", "Asked for a refund."]]
    assert [each[1:] for each in operator] == [["Rosa Meier", "withheld"]]


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_page_is_not_for_who_sees_no_persons(role, mine):
    row = whole(mine)

    answer = at_admin(role, mine).get(page(Customer, "change", row.pk))

    assert answer.status_code in {302, 403}
    assert row.name.encode() not in answer.content


def test_page_of_a_customer_who_bought_nothing(mine):
    row = make.customer(mine, email=None, phone=None, registered_at=None)

    html = shown(at_admin("operator", mine), row).content.decode()

    assert html.count("No orders in this range.") == 5
    assert "No notes in this range." in html


def test_texts_that_hold_markup_are_text(mine):
    row = whole(mine, name=PAYLOAD, external_id=PAYLOAD[:60], phone=PAYLOAD[:60])
    Customer.objects.filter(pk=row.pk).update(
        email=PAYLOAD, addresses=[{"street": PAYLOAD}]
    )
    order = make.order(row, number=PAYLOAD[:60], currency="<b>")
    make.order_line(order, position=9, sku=PAYLOAD[:60], product_name=PAYLOAD)
    make.note(row, author=PAYLOAD, body=PAYLOAD)
    make.tag(row, PAYLOAD)
    make.segment(row, PAYLOAD)
    client = at_admin("manager", mine)

    one = shown(client, row).content.decode()
    many = chosen(client, Customer, row).content.decode()
    listed = client.get(page(Customer, "changelist")).content.decode()

    for html in (one, many, listed):
        assert "<script>document" not in html
        assert "<img src=x" not in html
        assert "<b>" not in html
    assert one.count("&lt;script&gt;") > 9


def test_page_takes_as_many_queries_for_many_orders(mine):
    row, busy = whole(mine), whole(mine)
    for _ in range(30):
        make.note(busy)
        make.order(busy, lines=[{"sku": "A"}, {"sku": "B"}])
    client = at_admin("manager", mine)
    shown(client, row)

    counts = []
    for each in (row, busy):
        with (
            CaptureQueriesContext(connections["default"]) as outer,
            CaptureQueriesContext(connections["snapshot"]) as inner,
        ):
            shown(client, each)
        counts.append((len(outer), len(inner)))

    assert counts[0] == counts[1]


def test_page_shows_the_newest_orders_and_says_so(mine):
    row = make.customer(mine)
    for _ in range(52):
        make.order(row)

    answer = shown(at_admin("operator", mine), row)

    assert len(cells(answer, "orders")) == 50
    assert "The newest 50 of 52 orders." in answer.content.decode()


def test_page_is_in_german(mine):
    row = whole(mine)
    client = at_admin("operator", mine)

    html = shown(client, row, headers=GERMAN).content.decode()
    many = chosen(client, Customer, row, headers=GERMAN)

    for words in (
        *("Kundenwert", "Bestellposten", "Umsatz nach Monaten", "zurückgehalten"),
        *("30,00 EUR", "3 Bestellungen, die neuesten zuerst.", "Exportieren"),
    ):
        assert words in html
    assert "1 Kunde von Mine" in many.content.decode()


def test_page_is_not_written_to(mine):
    row = whole(mine)

    answer = at_admin("manager", mine).post(page(Customer, "change", row.pk), {})

    assert answer.status_code == 403


def test_buttons_lead_to_the_report(mine):
    row = whole(mine)
    client = at_admin("operator", mine)

    html = shown(client, row).content.decode()
    [address] = re.findall(r'<form id="kyb-report" [^>]*action="([^"]+)"', html)
    formats = re.findall(r'<button type="submit" [^>]*value="(\w+)"', html)
    answers = [client.get(address, {"format": each}) for each in formats]

    assert formats == ["pdf", "xlsx", "csv", "json"]
    assert [each.status_code for each in answers] == [200] * 4
    events = AuditEvent.objects.filter(action="customer.export", outcome="ok")
    assert [each.object_id for each in events] == [str(row.pk)] * 4


def test_selected_customers_are_asked_for_as_one_job(mine):
    rows = [whole(mine), whole(mine), make.customer(mine)]
    client = at_admin("operator", mine)

    html = chosen(client, Customer, *rows[:2]).content.decode()
    [ids] = re.findall(r'<script id="kyb-customers"[^>]*>(.*?)</script>', html)
    answer = client.post(
        reverse("customers-export"),
        json.dumps({"customerIds": json.loads(ids), "format": "json"}),
        content_type="application/json",
    )

    assert "2 customers of Mine" in html
    assert answer.status_code == 202
    job = ExportJob.objects.get()
    assert set(job.spec["customer_ids"]) == {str(row.pk) for row in rows[:2]}


def test_customers_that_match_are_named_up_to_a_bound(mine, monkeypatch):
    closed = make.customer(mine, account_status="closed")
    make.customer(mine)
    make.customer(mine)
    client = at_admin("operator", mine)

    found = chosen(client, Customer, account_status__exact="closed").content.decode()
    monkeypatch.setattr(customers_admin, "MOST", 2)
    many = chosen(client, Customer)

    assert json.dumps([str(closed.pk)]) in found
    assert many.status_code == 302
    assert told(many)[0].startswith("A search, or rows one by one, are exported up to")


def test_customers_of_several_businesses_are_refused(mine):
    make.customer(mine)

    answer = chosen(at_admin("manager", everywhere=True), Customer)

    assert told(answer)[0].startswith("The rows are of several businesses")
