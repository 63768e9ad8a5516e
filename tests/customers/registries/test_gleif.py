"""GLEIF rows, of the Golden Copy and of the table made from it."""

import csv
from datetime import date
from pathlib import Path

import pytest

from customers.models import Company
from customers.registries.companies import import_companies
from customers.registries.gleif import GOLDEN_COPY, TABLE
from customers.registries.source import Skipped, WrongFile
from tests import make

pytestmark = pytest.mark.django_db

LEI = "81560074C0E0E345CA65"
GOLDEN = {
    "LEI": LEI,
    "Entity.LegalName": "ΘΑΛΑΣΣΑ Α.Ε.",
    "Entity.LegalAddress.FirstAddressLine": "Ερμού 5",
    "Entity.LegalAddress.AdditionalAddressLine.1": "2ος όροφος",
    "Entity.LegalAddress.City": "Αθήνα",
    "Entity.LegalAddress.Country": "GR",
    "Entity.LegalAddress.PostalCode": "105 57",
    "Entity.RegistrationAuthority.RegistrationAuthorityEntityID": "001234",
    "Entity.LegalJurisdiction": "GR",
    "Entity.LegalForm.EntityLegalFormCode": "8888",
    "Entity.LegalForm.OtherLegalForm": "ΑΕ",
    "Entity.EntityStatus": "ACTIVE",
    "Entity.EntityCreationDate": "2001-02-03T00:00:00+02:00",
}
ROW = {
    "name": "Jonquière & Fils",
    "country": "CA",
    "lei": LEI,
    "address": "4010 RUE des Mouettes",
    "city": "Jonquière",
    "postal_code": "01234",
}


def written(tmp_path: Path, *rows: dict[str, str]) -> Path:
    path = tmp_path / "lei.csv"
    columns = list(GOLDEN) if "LEI" in rows[0] else list(TABLE)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def load(path: Path, business):
    return import_companies(path, register="gleif", business=business, now=make.NOW)


def test_golden_copy_row(tmp_path):
    load(written(tmp_path, GOLDEN), make.business())

    company = Company.objects.get()
    assert (company.lei, company.name) == (LEI, "ΘΑΛΑΣΣΑ Α.Ε.")
    assert (company.jurisdiction, company.registration_number) == ("GR", "001234")
    assert (company.address, company.city) == ("Ερμού 5, 2ος όροφος", "Αθήνα")
    assert (company.postal_code, company.country) == ("105 57", "GR")
    assert (company.legal_form, company.status) == ("ΑΕ", "active")
    assert company.incorporated_on == date(2001, 2, 3)


def test_golden_copy_row_with_a_code_and_an_odd_status(tmp_path):
    row = GOLDEN | {
        "Entity.LegalForm.EntityLegalFormCode": "ABCD",
        "Entity.EntityStatus": "NULL",
        "Entity.EntityCreationDate": "",
        "Entity.RegistrationAuthority.RegistrationAuthorityEntityID": "",
    }

    load(written(tmp_path, row), make.business())

    company = Company.objects.get()
    assert (company.legal_form, company.status) == ("ABCD", "unknown")
    assert (company.incorporated_on, company.registration_number) == (None, None)


def test_table_row(tmp_path):
    load(written(tmp_path, ROW), make.business())

    company = Company.objects.get()
    assert (company.lei, company.name) == (LEI, "Jonquière & Fils")
    assert (company.jurisdiction, company.country) == ("CA", "CA")
    assert (company.postal_code, company.status) == ("01234", "unknown")
    assert (company.registration_number, company.legal_form) == (None, None)


def test_unusable_rows_are_left_out_and_named(tmp_path):
    rows = [ROW | {"lei": ""}, ROW | {"lei": LEI[:-1]}, ROW | {"name": ""}, ROW]

    outcome = load(written(tmp_path, *rows), make.business())

    assert outcome.skipped == [
        Skipped(2, "no LEI"),
        Skipped(3, "a malformed LEI"),
        Skipped(4, "no name"),
    ]
    assert Company.objects.count() == 1


def test_again_makes_no_double_and_touches_no_other_business(tmp_path):
    business, other = make.business(), make.business()
    for owner in (business, other, business):
        load(written(tmp_path, ROW), owner)

    owners = Company.objects.order_by("business_id").values_list("business", flat=True)

    assert list(owners) == sorted([business.pk, other.pk])


def test_company_known_by_its_number_gets_its_lei(tmp_path):
    business = make.business()
    company = make.company(business, jurisdiction="GR", registration_number="001234")

    load(written(tmp_path, GOLDEN), business)

    assert (Company.objects.get().pk, Company.objects.get().lei) == (company.pk, LEI)


def test_row_of_two_companies_is_left_out(tmp_path):
    business = make.business()
    make.company(business, jurisdiction="GR", registration_number="001234")
    make.company(business, lei=LEI)

    outcome = load(written(tmp_path, GOLDEN), business)

    assert outcome.skipped == [
        Skipped(2, "its LEI and its number are of two companies")
    ]
    assert Company.objects.filter(name="ΘΑΛΑΣΣΑ Α.Ε.").count() == 0


@pytest.mark.parametrize(("header", "missing"), [("LEI,x", "Entity"), ("a,b", "addr")])
def test_wrong_file_is_refused_with_nothing_written(tmp_path, header, missing):
    path = tmp_path / "lei.csv"
    path.write_text(f"{header}\n1,2\n", encoding="utf-8")

    with pytest.raises(WrongFile, match=f"no column {missing}"):
        load(path, make.business())

    assert (Company.objects.count(), set(GOLDEN_COPY) - set(GOLDEN)) == (0, set())


def test_whole_table_is_read(tmp_path, settings):
    path = Path(settings.DATA_DIR or "") / "gleif_lei_5000.csv"
    is_real = path.is_file()
    made = [ROW | {"lei": f"{number:018d}00"} for number in range(1200)]

    outcome = load(path if is_real else written(tmp_path, *made), make.business())

    assert outcome.written["companies"] == (4956 if is_real else 1200)
    reasons = {"no name": 40, "no LEI": 4} if is_real else {}
    assert (outcome.reasons, outcome.read) == (reasons, 5000 if is_real else 1200)
