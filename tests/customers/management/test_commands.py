"""The commands of customers, from their arguments to what they print."""

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers import keys
from customers.models import ApiKey, AuditEvent, Business, Company, Order, Verification
from tests import make

pytestmark = pytest.mark.django_db


def run(name: str, *arguments: object) -> tuple[list[str], list[str]]:
    """The lines on stdout, and on stderr but for progress bars."""
    out, err = StringIO(), StringIO()
    call_command(name, *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue().splitlines()


def test_create_business_makes_it_and_says_so_in_the_trail():
    arguments = ("--name", "Acme", "--time-zone", "Asia/Tokyo", "--currency", "JPY")

    out, _ = run("create_business", "acme", *arguments)

    business = Business.objects.values_list("id", "name", "time_zone", "currency").get()
    assert (out, business) == (["acme"], ("acme", "Acme", "Asia/Tokyo", "JPY"))
    assert AuditEvent.objects.get().action == "business.create"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["taken"], "already exists"),
        (["Not A Slug"], "1 to 64"),
        (["new", "--time-zone", "Mars/Olympus"], "no IANA time zone"),
        (["new", "--currency", "euro"], "ISO 4217|at most 3"),
    ],
)
def test_create_business_refuses_what_it_cannot_take(arguments, message):
    make.business("taken")

    with pytest.raises(CommandError, match=message):
        run("create_business", *arguments)

    assert list(Business.objects.values_list("id", flat=True)) == ["taken"]


def test_create_api_key_prints_the_key_alone_on_the_last_line():
    for name in ("business_a", "business_b", "business_c"):
        make.business(name)

    out, _ = run(
        "create_api_key", "--business", "business_a", "--business", "business_b"
    )

    key = keys.find(out[-1], now=timezone.now(), ip_address="")
    assert key is not None
    assert key.scopes == ["exports:write", "exports:read"]
    owners = key.businesses.order_by("id").values_list("id", flat=True)
    assert list(owners) == ["business_a", "business_b"]


def test_create_api_key_gives_it_an_end():
    make.business("business_a")
    end = "2999-12-31T23:59:59+01:00"

    run("create_api_key", "--business", "business_a", "--expires", end)

    assert ApiKey.objects.get().expires_at == datetime.fromisoformat(end)


@pytest.mark.parametrize(
    "end", ["tomorrow", "2999-12-31", "2999-12-31T23:59:59", "2020-01-01T00:00:00Z"]
)
def test_create_api_key_refuses_an_end_that_is_none(end):
    make.business("business_a")

    with pytest.raises(CommandError):
        run("create_api_key", "--business", "business_a", "--expires", end)

    assert not ApiKey.objects.exists()


def test_create_api_key_takes_scopes_name_and_networks():
    make.business("business_a")

    run(
        "create_api_key",
        "--business=business_a",
        "--scopes=pii:read, exports:read",
        "--name=crm",
        "--network=10.0.0.0/8",
    )

    key = ApiKey.objects.get()
    assert (key.name, key.networks) == ("crm", ["10.0.0.0/8"])
    assert key.scopes == ["exports:read", "pii:read"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--business=nobody"], "no business 'nobody'"),
        (["--business=business_a", "--scopes=root"], "unknown scope root"),
    ],
)
def test_create_api_key_refuses_what_it_does_not_know(arguments, message):
    make.business("business_a")

    with pytest.raises(CommandError, match=message):
        run("create_api_key", *arguments)

    assert ApiKey.objects.count() == 0


def test_import_companies_says_what_it_did(tmp_path):
    make.business("business_a")
    path = tmp_path / "lei.csv"
    path.write_text(
        "name,country,lei,address,city,postal_code\n"
        "Thunder,IT,81560074C0E0E345CA65,VIA 5,MILANO,00100\n"
        ",IT,81560074C0E0E345CA66,VIA 5,MILANO,00100\n",
        encoding="utf-8",
    )

    out, err = run(
        "import_companies", "--register=gleif", "--business=business_a", path
    )

    assert out == ["2 rows read; 1 companies written"]
    assert err == ["1 skipped: no name (lines 3)"]
    assert Company.objects.get().business_id == "business_a"


def test_import_companies_refuses_the_wrong_file(tmp_path):
    make.business("business_a")
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")

    with pytest.raises(CommandError, match=r"other\.csv: no column"):
        run(
            "import_companies",
            "--register=companies_house",
            "--business=business_a",
            path,
        )

    assert Company.objects.count() == 0


def test_import_orders_reads_a_layout(tmp_path):
    make.business("business_a")
    path = tmp_path / "retail.csv"
    path.write_text(
        "InvoiceNo;StockCode;Description;Quantity;InvoiceDate;UnitPrice;CustomerID;"
        "Country\n1;A;Thing;1;1/12/2010 08:26;1,5;7;France\n",
        encoding="utf-8-sig",
    )

    out, err = run(
        "import_orders", "--layout=online_retail", "--business=business_a", path
    )

    assert (out, err) == (["1 rows read; 1 customers, 1 lines written"], [])
    assert Order.objects.get().business_id == "business_a"


def test_import_orders_refuses_the_wrong_path(tmp_path):
    make.business("business_a")

    with pytest.raises(CommandError, match="not a folder"):
        run(
            "import_orders",
            "--layout=northwind",
            "--business=business_a",
            tmp_path / "none",
        )


def test_demo_data_says_what_there_is():
    make.business("business_a")
    arguments = ("--business=business_a", "--companies=5", "--verifications=30")

    out, _ = run("demo_data", *arguments, "--seed=3", "--until=2024-06-01")

    assert out == ["30 verifications, 5 companies"]
    assert Verification.objects.count() == 30
    assert Verification.objects.latest("created_at").created_at.year == 2024


def test_demo_data_refuses_less_than_one_company():
    make.business("business_a")

    with pytest.raises(CommandError, match="1 or more"):
        run("demo_data", "--business=business_a", "--companies=0")


def test_revoke_api_key_ends_the_key_and_no_other():
    key, text = make.api_key()
    other, other_text = make.api_key()

    run("revoke_api_key", key.prefix)

    now = timezone.now()
    assert keys.find(text, now=now, ip_address="127.0.0.1") is None
    assert keys.find(other_text, now=now, ip_address="127.0.0.1") == other


def test_revoke_api_key_says_when_there_is_no_such_key():
    with pytest.raises(CommandError, match="no API key with prefix nothing"):
        run("revoke_api_key", "nothing")
