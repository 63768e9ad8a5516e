"""A business with rows of every kind, and the same rows as plain values.

What a query gives is compared with what Python makes of these.
"""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from customers.models import Business, Company, UserAccount, Verification
from tests import make

CANARY: Final = "canary-of-the-others"
Row = dict[str, Any]
Tables = dict[str, list[Row]]
_NAMES: Final = (
    *("Ärger & Söhne", "zeta", "Alpha", "alpha", "É", "e", "100%_sure", "O'Neill"),
    *("Строй", "北京", " spaced ", 'quote"d', "back\\slash", "🦀 crab"),
)
_COUNTRIES: Final = ("GB", "DE", "", "FR")


def fill() -> tuple[Business, Tables]:
    """Ours, with its rows as they are; and another business, of canaries."""
    business = make.business("ours", time_zone="America/New_York")
    dice = random.Random(7)
    companies = [_company(business, number) for number in range(len(_NAMES))]
    for number in range(60):
        _verification(companies[number % 11], number, dice)
    for number in range(9):
        make.user_account(
            business,
            email=f"user{number}@example.com",
            name=_NAMES[number],
            role=("owner", "analyst", "viewer")[number % 3],
            logins_30d=number * 7 % 5,
            created_at=make.NOW - timedelta(days=number * 40),
        )
    _others()
    return business, _tables(business)


def _company(business: Business, number: int) -> Company:
    return make.company(
        business,
        name=_NAMES[number],
        country=_COUNTRIES[number % 4],
        lei=None,
        risk_score=None if number % 5 == 0 else number * 7,
        incorporated_on=None if number % 6 == 0 else date(1999 + number, 2, 27),
        created_at=make.NOW - timedelta(days=number, hours=number),
    )


def _verification(company: Company, number: int, dice: random.Random) -> None:
    status = ("completed", "pending", "failed", "expired", "in_review")[number % 5]
    known = number % 7 != 0
    moment = datetime(2024, 1, 31, 22, 59, 59, 999_999, tzinfo=UTC)
    make.verification(
        company,
        status=status,
        score=Decimal(dice.randrange(10_001)).scaleb(-4) if known else None,
        risk_level=("low", "medium", "high", "critical")[number % 4] if known else None,
        fee=Decimal(dice.randrange(-500, 100_000)).scaleb(-2),
        notes=_NAMES[number % len(_NAMES)],
        reviewer=_NAMES[number % 4],
        created_at=moment + timedelta(days=number * 11, microseconds=number % 3),
    )


def _others() -> None:
    """Each cell that can hold one holds the canary."""
    theirs = make.business("theirs", name=CANARY)
    company = make.company(
        theirs, name=CANARY, registration_number=CANARY, address=CANARY, city=CANARY
    )
    for _ in range(5):
        make.verification(
            company,
            reviewer=CANARY,
            reviewer_email=f"{CANARY}@example.com",
            notes=CANARY,
            checks=[{"name": CANARY}],
            fee=Decimal("123456789.99"),
        )
    make.user_account(theirs, email=f"{CANARY}@example.com", name=CANARY)
    make.report(theirs, title=CANARY)
    make.audit_log(theirs, user_id=CANARY, action=CANARY, user_agent=CANARY)


def _tables(business: Business) -> Tables:
    checks = Verification.objects.for_business(business.id).select_related("company")
    return {
        "verifications": [
            _plain(row) | {"business_name": row.company.name} for row in checks
        ],
        "business_data": [
            _plain(row) | {"company_id": str(row.id)}
            for row in Company.objects.for_business(business.id)
        ],
        "user_data": [
            _plain(row) for row in UserAccount.objects.for_business(business.id)
        ],
    }


def _plain(row: Any) -> Row:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.fields}
    return values | {
        name: str(value) for name, value in values.items() if name.endswith("id")
    }


def text(value: Any) -> str | None:
    """As a file has it."""
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value + 0:f}"
    return str(value)
