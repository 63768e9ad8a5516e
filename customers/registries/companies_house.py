"""UK Companies House, BasicCompanyDataAsOneFile."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final

from customers.models import Company
from customers.registries.countries import country_code
from customers.registries.source import Row, Skip

COLUMNS: Final = (
    "CompanyName",
    "CompanyNumber",
    "RegAddress.CareOf",
    "RegAddress.POBox",
    "RegAddress.AddressLine1",
    "RegAddress.AddressLine2",
    "RegAddress.PostTown",
    "RegAddress.County",
    "RegAddress.Country",
    "RegAddress.PostCode",
    "CompanyCategory",
    "CompanyStatus",
    "CountryOfOrigin",
    "IncorporationDate",
    "SICCode.SicText_1",
)

# The first whose words begin or are within the register's status, lower case.
_STATUSES: Final = (
    ("proposal to strike off", Company.Status.STRIKING_OFF),
    ("active", Company.Status.ACTIVE),
    ("liquidation", Company.Status.LIQUIDATION),
    ("receiver", Company.Status.RECEIVERSHIP),
    ("administration", Company.Status.ADMINISTRATION),
    ("arrangement", Company.Status.ARRANGEMENT),
    ("dissolved", Company.Status.DISSOLVED),
    ("converted", Company.Status.INACTIVE),
    ("closed", Company.Status.INACTIVE),
)


def columns(header: Sequence[str]) -> Sequence[str]:  # noqa: ARG001 -- as for reader
    return COLUMNS


def reader(header: Sequence[str]) -> Callable[[Row], dict[str, Any]]:  # noqa: ARG001 -- every register is asked with its header
    return company


def company(row: Row) -> dict[str, Any]:
    """:raises Skip: without name or number, or with a date that is none."""
    number, name = row["CompanyNumber"].strip(), row["CompanyName"].strip()
    if not number or not name:
        raise Skip("no company number" if not number else "no name")
    code, industry = _industry(row["SICCode.SicText_1"])
    return {
        "name": name,
        "registration_number": number,
        # Whoever is in this register is known by it, wherever they come from.
        "jurisdiction": "GB",
        "legal_form": row["CompanyCategory"].strip() or None,
        "address": _address(row),
        "city": row["RegAddress.PostTown"].strip(),
        "postal_code": row["RegAddress.PostCode"].strip(),
        "country": _country(row),
        "industry": industry,
        "industry_code": code,
        "status": status(row["CompanyStatus"]),
        "incorporated_on": _date(row["IncorporationDate"]),
    }


def status(text: str) -> Company.Status:
    lowered = text.lower()
    matches = (status for words, status in _STATUSES if words in lowered)
    return next(matches, Company.Status.UNKNOWN)


def _address(row: Row) -> str:
    box = row["RegAddress.POBox"].strip()
    parts = (
        row["RegAddress.CareOf"],
        f"PO Box {box}" if box else "",
        row["RegAddress.AddressLine1"],
        row["RegAddress.AddressLine2"],
        row["RegAddress.County"],
    )
    return ", ".join(part.strip() for part in parts if part.strip())


def _country(row: Row) -> str:
    """Left open, it is the UK for a UK company: by law its office is there."""
    return country_code(row["RegAddress.Country"] or row["CountryOfOrigin"])


def _industry(text: str) -> tuple[str | None, str | None]:
    """``62012 - Business software``: the code and the words; neither when unknown."""
    code, separator, words = text.partition(" - ")
    return (code.strip(), words.strip()) if separator else (None, None)


def _date(text: str) -> date | None:
    """Day first; ``NA`` is none."""
    if text.strip() in {"", "NA"}:
        return None
    try:
        return datetime.strptime(text.strip(), "%d/%m/%Y").date()  # noqa: DTZ007 -- a date has no zone
    except ValueError:
        raise Skip("an incorporation date that is none") from None
