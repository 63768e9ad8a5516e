"""One customer's report in each format over HTTP, and many customers in one file."""

import csv
import hashlib
import io
import json
import re
import subprocess
import zipfile
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from typing import Any

import pytest
import requests
from python_calamine import CalamineWorkbook

from tests.journeys.clients import ask
from tests.journeys.stacks import SERVERS
from tests.journeys.staff import MINE, THEIRS, Staff, ended

pytestmark = pytest.mark.journey

# Number, status, and of each line quantity, unit price, amount, whether cancelled.
ORDERS: list[tuple[str, str, list[tuple[int, str, str, bool]]]] = [
    ("R-1", "completed", [(3, "19.99", "59.97", False), (1, "0.05", "0.05", False)]),
    ("R-2", "shipped", [(7, "1000.10", "7000.70", False), (2, "5", "10.00", True)]),
    ("R-3", "cancelled", [(1, "99999.99", "99999.99", False)]),
    ("R-4", "pending", [(10, "0.333", "3.33", False)]),
]
MAKE = f"""
from datetime import timedelta
from django.utils import timezone
from customers.models import Business, Customer, Order, OrderLine

orders = {ORDERS!r}
for name in ("{MINE}", "{THEIRS}"):
    business = Business.objects.get(pk=name)
    customer = Customer.objects.create(
        business=business, external_id="R", name=f"Reported {{name}}"
    )
    print(customer.pk)
    for days, (number, status, lines) in enumerate(orders, 1):
        order = Order.objects.create(
            business=business, customer=customer, number=number, status=status,
            ordered_at=timezone.now() - timedelta(days=days), currency="EUR",
        )
        for position, (quantity, price, amount, cancelled) in enumerate(lines, 1):
            OrderLine.objects.create(
                business=business, order=order, position=position, sku="S",
                product_name="Lantern", quantity=quantity, unit_price=price,
                amount=amount, cancelled=cancelled,
            )
wide = Customer.objects.create(
    business_id="{MINE}", external_id="wide", name="Buys a lot"
)
print(wide.pk)
Order.objects.bulk_create(
    Order(
        business_id="{MINE}", customer=wide, number=f"W-{{number}}", currency="EUR",
        status="completed", ordered_at=timezone.now() - timedelta(hours=number),
    )
    for number in range(600)
)
"""


def paid(number: str) -> Decimal:
    """Of an order, to the cent."""
    [(status, lines)] = [each[1:] for each in ORDERS if each[0] == number]
    amounts = [Decimal(amount) for *_, amount, cancelled in lines if not cancelled]
    return Decimal("0.00") if status == "cancelled" else sum(amounts, Decimal(0))


NUMBERS = [number for number, *_ in ORDERS]
TOTALS = {number: paid(number) for number in NUMBERS}
COUNTED = sum(status != "cancelled" for _, status, _ in ORDERS)
SPENT = sum(TOTALS.values(), Decimal(0))
AVERAGE = (SPENT / COUNTED).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
FIGURES = (COUNTED, SPENT, AVERAGE)


@pytest.fixture(scope="module")
def reported(stack, people) -> list[str]:
    """Of each business one with these orders; and one with 600."""
    del people  # their business is there first
    return stack.manage("shell", "--no-imports", "--command", MAKE)


def of_json(content: bytes) -> tuple[tuple[Any, ...], dict[str, Any]]:
    data = json.loads(content, parse_float=Decimal)["customerData"]
    names = ("totalOrders", "totalSpent", "averageOrderValue")
    figures = tuple(data["metrics"][name] for name in names)
    return figures, {each["number"]: each["total"] for each in data["orders"]}


def of_csv(content: bytes) -> tuple[tuple[Any, ...], dict[str, Any]]:
    [head, row, blank, names, *orders] = csv.reader(io.StringIO(content.decode()))
    assert blank == []
    facts = dict(zip(head, row, strict=True))
    labels = ("Total Orders", "Total Spent", "Average Order Value")
    count, *money = (facts[label] for label in labels)
    rows = [dict(zip(names, each, strict=True)) for each in orders]
    totals = {each["Order"]: Decimal(each["Total"]) for each in rows}
    return (int(count), *map(Decimal, money)), totals


def of_xlsx(content: bytes) -> tuple[tuple[Any, ...], dict[str, Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    facts = dict(book.get_sheet_by_name("Metrics").to_python())
    labels = ("Total Orders", "Total Spent", "Average Order Value")
    names, *orders = book.get_sheet_by_name("Orders").to_python()
    places = [names.index(name) for name in ("Order", "Total")]
    totals = {row[places[0]]: cents(row[places[1]]) for row in orders}
    return tuple(cents(facts[label]) for label in labels), totals


def cents(value: Any) -> Decimal:
    """A spreadsheet's numbers are floats."""
    return Decimal(str(value)).quantize(Decimal("0.01"))


def of_pdf(content: bytes) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """From its text: the figures stand in one row, below their names."""
    command = ["pdftotext", "-layout", "-", "-"]
    told = subprocess.run(command, input=content, capture_output=True, check=True)
    text = told.stdout.decode().replace(",", "")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    cards = [re.split(r"\s{2,}", line) for line in lines]
    [figures] = [
        dict(zip(names, values, strict=True))
        for names, values in pairwise(cards)
        if "Total Orders" in names
    ]
    spent, average = (
        Decimal(figures[name].removesuffix(" EUR"))
        for name in ("Lifetime Value", "Average Order Value")
    )
    totals = {
        line.split()[0]: Decimal(line.split()[-2])
        for line in lines
        if line.startswith("R-")
    }
    return (int(figures["Total Orders"]), spent, average), totals


READERS = {"json": of_json, "csv": of_csv, "xlsx": of_xlsx, "pdf": of_pdf}


def path_of(customer: str, **query: Any) -> str:
    given = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/api/admin/customers/{customer}/export?{given}"


@pytest.mark.parametrize("format_name", READERS)
def test_report_has_the_figures_of_the_orders(people, reported, format_name):
    maya, path = people.with_token(), path_of(reported[0], format=format_name)

    miss, hit = (maya.call("GET", path) for _ in range(2))
    foreign = maya.call("GET", path_of(reported[1], format=format_name))

    assert (miss.headers["X-Cache"], hit.headers["X-Cache"]) == ("MISS", "HIT")
    assert [READERS[format_name](each.content) for each in (miss, hit)] == [
        (FIGURES, TOTALS)
    ] * 2
    assert int(hit.headers["X-Export-Size"]) == len(hit.content)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "CUSTOMER_NOT_FOUND")


def test_report_of_many_orders_is_streamed(people, reported):
    answer = people.with_token().call(
        "GET", path_of(reported[2], format="csv", orderLimit="all")
    )

    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert [row[0] for row in rows[4:]] == [f"W-{number}" for number in range(600)]
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert {"Content-Length", "X-Export-Size"} & set(answer.headers) == set()


def test_stream_that_breaks_lacks_its_last_chunk(stack, people, reported):
    # Times that the databases hold and that nobody can read.
    bad = "infinity" if stack.name == SERVERS else "9999-99-99 00:00:00"
    where = f"number = 'W-0' AND business_id = '{MINE}'"
    [(before,)] = stack.database.rows(
        f"SELECT CAST(ordered_at AS text) FROM customers_order WHERE {where}"
    )
    values = "status = '{}', ordered_at = '{}'"
    change = f"UPDATE customers_order SET {values} WHERE {where}"
    stack.database.execute(change.format("cancelled", bad))

    try:
        maya = people.with_token()
        answer = maya.call(
            "GET", path_of(reported[2], format="csv", orderLimit="all"), stream=True
        )
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            b"".join(answer.iter_content(1 << 16))
    finally:
        stack.database.execute(change.format("completed", before))

    assert answer.status_code == 200
    again = maya.call("GET", path_of(reported[2], format="csv", orderLimit="all"))
    assert again.content.count(b"\r\nW-") == 600


def test_bulk_job_gives_a_signed_archive_that_no_key_sees(people, client):
    maya: Staff = people.with_token()
    mine, theirs = people.customers[MINE], people.customers[THEIRS]

    job = ended(maya, people.bulk(maya))
    refused = people.bulk(maya, customerIds=[*mine, theirs[0]])
    limited = people.bulk(maya)
    file = ask("GET", job["result"]["file_url"])

    assert (job["type"], job["status"], job["progress"]) == (
        *("customer_360", "completed"),
        1.0,
    )
    assert (job["rows_written"], job["rows_expected"]) == (3, 3)
    assert hashlib.sha256(file.content).hexdigest() == job["result"]["sha256"]
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        told = [json.loads(archive.read(name)) for name in archive.namelist()]
    assert [each["customerData"]["profile"]["name"] for each in told] == [
        f"{MINE} {number}" for number in range(3)
    ]
    assert (refused.status_code, refused.json()["code"]) == (404, "CUSTOMER_NOT_FOUND")
    assert (limited.status_code, limited.json()["code"]) == (429, "RATE_LIMIT_EXCEEDED")
    hidden = client.call("GET", f"/v1/export/jobs/{job['job_id']}")
    assert hidden.status_code == 404
