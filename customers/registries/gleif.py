"""GLEIF's legal entity identifiers: the Golden Copy file, or a table made from it."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from customers.models import Company
from customers.registries.source import Row, Skip

GOLDEN_COPY: Final = (
    "LEI",
    "Entity.LegalName",
    "Entity.LegalAddress.FirstAddressLine",
    "Entity.LegalAddress.City",
    "Entity.LegalAddress.Country",
    "Entity.LegalAddress.PostalCode",
    "Entity.LegalJurisdiction",
    "Entity.EntityStatus",
)
TABLE: Final = ("name", "country", "lei", "address", "city", "postal_code")

_LEI: Final = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_STATUSES: Final = {
    "ACTIVE": Company.Status.ACTIVE,
    "INACTIVE": Company.Status.INACTIVE,
}
# The code for a legal form that has no code.
_OTHER_FORM: Final = "8888"


def columns(header: Sequence[str]) -> Sequence[str]:
    return GOLDEN_COPY if "LEI" in header else TABLE


def reader(header: Sequence[str]) -> Callable[[Row], dict[str, Any]]:
    return golden_copy if "LEI" in header else table


def golden_copy(row: Row) -> dict[str, Any]:
    """:raises Skip: without a well-formed LEI or a name."""
    address = (
        row["Entity.LegalAddress.FirstAddressLine"],
        *(row.get(f"Entity.LegalAddress.AdditionalAddressLine.{n}", "") for n in "123"),
    )
    authority = "Entity.RegistrationAuthority.RegistrationAuthorityEntityID"
    return _identified(row["Entity.LegalName"], row["LEI"]) | {
        "registration_number": row.get(authority, "").strip() or None,
        "jurisdiction": row["Entity.LegalJurisdiction"].strip(),
        "legal_form": _legal_form(row),
        "address": ", ".join(part.strip() for part in address if part.strip()),
        "city": row["Entity.LegalAddress.City"].strip(),
        "postal_code": row["Entity.LegalAddress.PostalCode"].strip(),
        "country": row["Entity.LegalAddress.Country"].strip(),
        "status": _STATUSES.get(row["Entity.EntityStatus"], Company.Status.UNKNOWN),
        "incorporated_on": _date(row.get("Entity.EntityCreationDate", "")),
    }


def table(row: Row) -> dict[str, Any]:
    """It knows neither status nor register.

    :raises Skip: without a well-formed LEI or a name.
    """
    country = row["country"].strip()
    return _identified(row["name"], row["lei"]) | {
        "jurisdiction": country,
        "address": row["address"].strip(),
        "city": row["city"].strip(),
        "postal_code": row["postal_code"].strip(),
        "country": country,
    }


def _identified(name: str, lei: str) -> dict[str, Any]:
    if not _LEI.fullmatch(lei.strip()):
        raise Skip("no LEI" if not lei.strip() else "a malformed LEI")
    if not name.strip():
        raise Skip("no name")
    return {"name": name.strip(), "lei": lei.strip()}


def _legal_form(row: Row) -> str | None:
    code = row.get("Entity.LegalForm.EntityLegalFormCode", "").strip()
    other = row.get("Entity.LegalForm.OtherLegalForm", "").strip()
    return other or None if code in {"", _OTHER_FORM} else code


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
