"""Companies House rows: leading zeros, day before month, and what is unknown."""

import csv
from datetime import date
from pathlib import Path

import pytest

from customers.models import Company
from customers.registries.companies import import_companies
from customers.registries.companies_house import COLUMNS, status
from customers.registries.source import Skipped, WrongFile
from tests import make

pytestmark = pytest.mark.django_db

FULL = {
    "CompanyName": '"K" LIMITED',
    "CompanyNumber": "00000123",
    "RegAddress.CareOf": "A. CLERK",
    "RegAddress.POBox": "77",
    "RegAddress.AddressLine1": "121 WISHING TREE ROAD",
    "RegAddress.PostTown": "ST. LEONARDS-ON-SEA",
    "RegAddress.County": "EAST SUSSEX",
    "RegAddress.Country": "ENGLAND",
    "RegAddress.PostCode": "TN38 9LH",
    "CompanyCategory": "Private Limited Company",
    "CompanyStatus": "Active",
    "CountryOfOrigin": "United Kingdom",
    "IncorporationDate": "03/04/2016",
    "SICCode.SicText_1": "25990 - Manufacture of other products - n.e.c.",
}
BARE = {
    "CompanyName": "BARE LIMITED",
    "CompanyNumber": "SC000001",
    "CompanyStatus": "Active - Proposal to Strike off",
    "CountryOfOrigin": "United Kingdom",
    "IncorporationDate": "NA",
    "SICCode.SicText_1": "None Supplied",
}


def written(tmp_path: Path, *rows: dict[str, str], columns=COLUMNS) -> Path:
    path = tmp_path / "register.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        # As in some releases: a blank before all names but the first.
        csv.writer(file).writerow([columns[0], *(f" {name}" for name in columns[1:])])
        csv.DictWriter(file, columns, restval="").writerows(rows)
    return path


def load(path: Path, business, **options):
    return import_companies(
        path, register="companies_house", business=business, now=make.NOW, **options
    )


def real_file(settings) -> Path:
    return Path(settings.DATA_DIR or "") / "companies_house_basic_sample.csv"


def test_row_with_everything(tmp_path):
    business = make.business()

    outcome = load(written(tmp_path, FULL), business)

    company = Company.objects.values().get()
    company = {name: company[name] for name in company if name != "id"}
    for stamp in ("change_seq", "change_xid"):
        company.pop(stamp)
    assert outcome.written == {"companies": 1}
    assert company == {
        "business_id": business.pk,
        "name": '"K" LIMITED',
        "registration_number": "00000123",
        "lei": None,
        "jurisdiction": "GB",
        "legal_form": "Private Limited Company",
        "address": "A. CLERK, PO Box 77, 121 WISHING TREE ROAD, EAST SUSSEX",
        "city": "ST. LEONARDS-ON-SEA",
        "postal_code": "TN38 9LH",
        "country": "GB",
        "industry": "Manufacture of other products - n.e.c.",
        "industry_code": "25990",
        "status": "active",
        "incorporated_on": date(2016, 4, 3),
        "verification_status": "unverified",
        "risk_score": None,
        "last_verified_at": None,
        "created_at": make.NOW,
        "updated_at": make.NOW,
    }


def test_row_with_little(tmp_path):
    load(written(tmp_path, BARE), make.business())

    company = Company.objects.get()
    assert company.status == Company.Status.STRIKING_OFF
    assert (company.legal_form, company.industry, company.industry_code) == (None,) * 3
    assert (company.incorporated_on, company.country, company.address) == (
        None,
        "GB",
        "",
    )


def test_unusable_rows_are_left_out_and_named(tmp_path):
    rows = [
        FULL | {"CompanyNumber": ""},
        FULL | {"CompanyName": " "},
        FULL | {"IncorporationDate": "31/02/2016"},
        FULL | {"CompanyName": "X" * 501},
        BARE,
    ]

    outcome = load(written(tmp_path, *rows), make.business())

    assert outcome.skipped == [
        Skipped(2, "no company number"),
        Skipped(3, "no name"),
        Skipped(4, "an incorporation date that is none"),
        Skipped(5, "name is longer than 500 characters"),
    ]
    assert [company.name for company in Company.objects.all()] == ["BARE LIMITED"]


def test_again_updates_and_makes_no_double(tmp_path):
    business, other = make.business(), make.business()
    load(written(tmp_path, FULL, BARE), business)
    load(written(tmp_path, FULL), other)
    before = set(Company.objects.values_list("id", flat=True))
    Company.objects.update(verification_status="completed", risk_score=7)

    load(written(tmp_path, FULL | {"CompanyName": "NEW NAME"}, BARE), business)

    assert set(Company.objects.values_list("id", flat=True)) == before
    mine = Company.objects.for_business(business.pk).order_by("name")
    assert [company.name for company in mine] == ["BARE LIMITED", "NEW NAME"]
    assert {company.risk_score for company in mine} == {7}
    assert Company.objects.for_business(other.pk).get().name == '"K" LIMITED'


def test_company_that_came_otherwise_is_updated(tmp_path):
    business = make.business()
    company = make.company(business, registration_number="00000123")

    load(written(tmp_path, FULL), business)

    assert Company.objects.get().pk == company.pk
    assert Company.objects.get().name == '"K" LIMITED'


def test_number_twice_in_a_file_is_one_company(tmp_path):
    load(written(tmp_path, FULL, FULL | {"CompanyName": "LATER"}), make.business())

    assert [company.name for company in Company.objects.all()] == ["LATER"]


def test_wrong_file_is_refused_with_nothing_written(tmp_path):
    path = tmp_path / "register.csv"
    path.write_text("CompanyName,CompanyNumber\nA,1\n", encoding="utf-8")

    with pytest.raises(WrongFile, match="no column CompanyCategory"):
        load(path, make.business())

    assert Company.objects.count() == 0


def test_file_that_breaks_in_the_middle_leaves_nothing(tmp_path):
    rows = [FULL | {"CompanyNumber": f"{number:08d}"} for number in range(1500)]
    path = written(tmp_path, *rows)
    with path.open("ab") as file:
        file.write(b"\xff\xfe\n")

    with pytest.raises(WrongFile, match="can't decode"):
        load(path, make.business())

    assert Company.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Active", "active"),
        ("ACTIVE", "active"),
        ("Live but Receiver Manager on at least one charge", "receivership"),
        ("In Administration", "administration"),
        ("ADMINISTRATION ORDER", "administration"),
        ("In Administration/Administrative Receiver", "receivership"),
        ("Voluntary Arrangement", "arrangement"),
        ("Liquidation", "liquidation"),
        ("Dissolved", "dissolved"),
        ("Converted/Closed", "inactive"),
        ("", "unknown"),
    ],
)
def test_status_is_one_of_ours(text, expected):
    assert status(text) == expected


def test_whole_register_is_read(tmp_path, settings):
    path = real_file(settings)
    made = [FULL | {"CompanyNumber": f"{number:08d}"} for number in range(2500)]
    is_real = path.is_file()
    business = make.business()

    outcome = load(path if is_real else written(tmp_path, *made), business)

    expected = 4537 if is_real else 2500
    assert (outcome.read, outcome.written["companies"], outcome.skipped) == (
        expected,
        expected,
        [],
    )
    zeros = Company.objects.filter(registration_number__startswith="0")
    assert zeros.count() == (2208 if is_real else 2500)
