"""Northwind's folder: NULL, exact money, local times, accents."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Count

from customers.models import Customer, Order, OrderLine
from customers.registries.northwind import FILES, import_orders
from customers.registries.source import WrongFile
from tests import make

pytestmark = pytest.mark.django_db

SHOP = {
    "customers.csv": (
        "customerID,companyName,address,city,region,postalCode,country,phone\n"
        "ANATR,Ana Trujillo,Avda. 2222,México D.F.,NULL,05021,Mexico,(5) 555-4729\n"
        "NOPHO,No Phone,1 Road,London,NULL,NULL,UK,NULL\n"
        "NULL,Nobody,1 Road,London,NULL,NULL,UK,NULL\n"
    ),
    "products.csv": "productID,productName\n7,Uncle Bob's Pears\n",
    "orders.csv": (
        "orderID,customerID,orderDate,shippedDate\n"
        "10248,ANATR,1996-07-04 00:00:00.000,1996-07-16 00:00:00.000\n"
        "10249,ANATR,1996-01-05 00:00:00.000,NULL\n"
        "10250,GONE,1996-01-05 00:00:00.000,NULL\n"
        "10251,ANATR,NULL,NULL\n"
    ),
    "order_details.csv": (
        "orderID,productID,unitPrice,quantity,discount\n"
        "10248,7,14.00,12,0\n"
        "10248,8,9.99,5,0.15\n"
        "10249,7,0.05,1,0.1\n"
        "10249,7,0.15,1,0.1\n"
        "10250,7,1.00,1,0\n"
        "10249,7,x,1,0\n"
        "10249,7,NaN,1,0\n"
        "10249,7,1.00001,1,0\n"
        "10249,7,1.00,99999999999,0\n"
        "10249,7,1.00,1,1.5\n"
    ),
}


def written(folder: Path, files: Mapping[str, str] = SHOP) -> Path:
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_customers_with_null_are_unknown_not_text(tmp_path):
    import_orders(written(tmp_path), business=make.business())

    customers = Customer.objects.order_by("external_id").values_list(
        "external_id", "name", "phone", "email", "addresses"
    )
    assert list(customers) == [
        (
            "ANATR",
            "Ana Trujillo",
            "(5) 555-4729",
            None,
            [
                {
                    "street": "Avda. 2222",
                    "city": "México D.F.",
                    "region": None,
                    "postal_code": "05021",
                    "country": "MX",
                }
            ],
        ),
        (
            "NOPHO",
            "No Phone",
            None,
            None,
            [
                {
                    "street": "1 Road",
                    "city": "London",
                    "region": None,
                    "postal_code": None,
                    "country": "GB",
                }
            ],
        ),
    ]


def test_orders_are_of_the_businesss_zone_and_currency(tmp_path):
    business = make.business(time_zone="Europe/Berlin", currency="USD")

    import_orders(written(tmp_path), business=business)

    orders = Order.objects.order_by("number").values_list(
        "number", "status", "ordered_at", "currency"
    )
    assert list(orders) == [
        ("10248", "shipped", datetime(1996, 7, 3, 22, tzinfo=UTC), "USD"),
        ("10249", "pending", datetime(1996, 1, 4, 23, tzinfo=UTC), "USD"),
    ]


def test_amounts_are_exact_and_half_even(tmp_path):
    import_orders(written(tmp_path), business=make.business())

    lines = OrderLine.objects.order_by("order__number", "position").values_list(
        "order__number", "position", "product_name", "discount", "amount"
    )
    pears = "Uncle Bob's Pears"
    assert list(lines) == [
        ("10248", 1, pears, Decimal(0), Decimal("168.00")),
        ("10248", 2, "", Decimal("0.15"), Decimal("42.46")),
        ("10249", 1, pears, Decimal("0.1"), Decimal("0.04")),  # 0.045
        ("10249", 2, pears, Decimal("0.1"), Decimal("0.14")),  # 0.135
    ]


def test_unusable_rows_are_counted(tmp_path):
    outcome = import_orders(written(tmp_path), business=make.business())

    assert outcome.reasons == {
        "no customerID": 1,
        "an unknown customer": 1,
        "an order date that is none": 1,
        "an unknown order": 1,
        "a quantity, price or discount that is no number": 1,
        "a price or discount out of range": 2,
        "more than four digits after the point": 1,
        "a number too large": 1,
    }


def test_again_makes_no_double_and_touches_no_other_business(tmp_path):
    business, other = make.business(), make.business()
    for owner in (business, other, business):
        import_orders(written(tmp_path), business=owner)

    for model, count in ((Customer, 2), (Order, 2), (OrderLine, 4)):
        owners = model.objects.values_list("business").annotate(Count("id"))
        assert sorted(owners) == sorted([(business.pk, count), (other.pk, count)])


@pytest.mark.parametrize("name", FILES)
def test_wrong_file_is_refused_with_nothing_written(tmp_path, name):
    folder = written(tmp_path, SHOP | {name: "a,b\n1,2\n"})

    with pytest.raises(WrongFile, match=f"{name}: no column"):
        import_orders(folder, business=make.business())

    assert Customer.objects.count() == 0


def test_file_in_place_of_the_folder_is_refused(tmp_path):
    with pytest.raises(WrongFile, match="not a folder"):
        import_orders(tmp_path / "orders.csv", business=make.business())


def test_whole_shop_is_read(tmp_path, settings):
    folder = Path(settings.DATA_DIR or "") / "northwind"
    is_real = folder.is_dir()

    import_orders(folder if is_real else written(tmp_path), business=make.business())

    counts = [model.objects.count() for model in (Customer, Order, OrderLine)]
    assert counts == ([91, 830, 2155] if is_real else [2, 2, 4])
    spent = sum(OrderLine.objects.values_list("amount", flat=True))
    expected = Decimal("1265793.02") if is_real else Decimal("210.64")
    assert spent == expected
