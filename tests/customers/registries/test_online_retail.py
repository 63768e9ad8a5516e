"""Online Retail's lines: BOM, semicolons, decimal commas, cancelled invoices."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Count

from customers.models import Customer, Order, OrderLine
from customers.registries import shops
from customers.registries.online_retail import import_orders
from customers.registries.source import Skipped, WrongFile
from tests import make

pytestmark = pytest.mark.django_db

HEADER = (
    "InvoiceNo;StockCode;Description;Quantity;InvoiceDate;UnitPrice;CustomerID;Country"
)
LINES = (
    "536365;85123A;HEART HOLDER;6;1/12/2010 08:26;2,55;17850;United Kingdom",
    "536365;022;POPPY'S ;3;1/12/2010 08:27;2,1;17850;United Kingdom",
    "C536379;D;Discount;-1;13/07/2010 09:41;27,5;14527;EIRE",
    "536414;22139;;56;1/12/2010 11:52;0;;United Kingdom",
)


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "retail.csv"
    text = "\n".join((HEADER, *lines)) + "\n"
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_lines_are_exact(tmp_path):
    import_orders(written(tmp_path, *LINES), business=make.business())

    lines = OrderLine.objects.order_by("order__number", "position").values_list(
        "order__number", "position", "sku", "quantity", "unit_price", "amount"
    )
    assert list(lines) == [
        ("536365", 1, "85123A", 6, Decimal("2.55"), Decimal("15.30")),
        ("536365", 2, "022", 3, Decimal("2.1"), Decimal("6.30")),
        ("C536379", 1, "D", -1, Decimal("27.5"), Decimal("-27.50")),
    ]


def test_invoice_with_a_c_is_cancelled_with_its_lines(tmp_path):
    business = make.business(time_zone="Europe/London")

    import_orders(written(tmp_path, *LINES), business=business)

    orders = Order.objects.order_by("number").values_list(
        "number", "status", "ordered_at", "currency", "customer__external_id"
    )
    assert list(orders) == [
        (
            "536365",
            "completed",
            datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
            "GBP",
            "17850",
        ),
        (
            "C536379",
            "cancelled",
            datetime(2010, 7, 13, 8, 41, tzinfo=UTC),
            "GBP",
            "14527",
        ),
    ]
    cancelled = OrderLine.objects.filter(cancelled=True).values_list("order__number")
    assert list(cancelled) == [("C536379",)]


def test_customers_are_known_by_number_and_country(tmp_path):
    import_orders(written(tmp_path, *LINES), business=make.business())

    customers = Customer.objects.order_by("external_id").values_list(
        "external_id", "name", "addresses"
    )
    assert list(customers) == [
        ("14527", "Customer 14527", [{"country": "IE"}]),
        ("17850", "Customer 17850", [{"country": "GB"}]),
    ]


def test_line_without_customer_is_left_out_and_counted(tmp_path):
    outcome = import_orders(written(tmp_path, *LINES), business=make.business())

    assert (outcome.read, outcome.skipped) == (4, [Skipped(5, "no customer")])


def test_unusable_lines_are_left_out_and_named(tmp_path):
    good = "1;A;Thing;1;1/12/2010 08:26;1;7;France"
    lines = [
        good.replace("1;A", ";A", 1),
        good.replace(";1;7;", ";1.5;7;"),
        good.replace("Thing;1", "Thing;one"),
        good.replace("1/12/2010", "1/13/2010"),
        good.replace(";A;", f";{'A' * 65};"),
        good.replace(";7;", f";{'7' * 65};"),
        good,
    ]

    outcome = import_orders(written(tmp_path, *lines), business=make.business())

    assert [skipped.reason for skipped in outcome.skipped] == [
        "no invoice number",
        "a unit price that is no number",
        "a quantity that is no number",
        "an invoice date that is none",
        "sku is longer than 64 characters",
        "external_id is longer than 64 characters",
    ]
    assert OrderLine.objects.count() == 1


def test_again_makes_no_double_and_touches_no_other_business(tmp_path):
    business, other = make.business(), make.business()
    for owner in (business, other, business):
        import_orders(written(tmp_path, *LINES), business=owner)

    for model, count in ((Customer, 2), (Order, 2), (OrderLine, 3)):
        owners = model.objects.values_list("business").annotate(Count("id"))
        assert sorted(owners) == sorted([(business.pk, count), (other.pk, count)])


def test_invoice_over_two_batches_is_one_order(tmp_path, monkeypatch):
    monkeypatch.setattr(shops, "BATCH", 1)

    import_orders(written(tmp_path, *LINES), business=make.business())

    positions = OrderLine.objects.order_by("order__number", "position")
    assert list(positions.values_list("order__number", "position")) == [
        ("536365", 1),
        ("536365", 2),
        ("C536379", 1),
    ]
    first = Order.objects.get(number="536365")
    assert first.ordered_at == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)


def test_wrong_file_is_refused_with_nothing_written(tmp_path):
    path = tmp_path / "retail.csv"
    path.write_text("InvoiceNo,StockCode\n1,2\n", encoding="utf-8")

    with pytest.raises(WrongFile, match="no column Country"):
        import_orders(path, business=make.business())

    assert Customer.objects.count() == 0


def test_whole_shop_is_read(tmp_path, settings):
    path = Path(settings.DATA_DIR or "") / "online_retail_10000.csv"
    is_real = path.is_file()

    outcome = import_orders(
        path if is_real else written(tmp_path, *LINES), business=make.business()
    )

    counts = [model.objects.count() for model in (Customer, Order, OrderLine)]
    assert counts == ([323, 444, 7709] if is_real else [2, 2, 3])
    assert outcome.reasons == {"no customer": 2291 if is_real else 1}
    cancelled = OrderLine.objects.filter(cancelled=True).count()
    assert cancelled == (100 if is_real else 1)
