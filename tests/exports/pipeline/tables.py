"""Rows of every dataset: plain ones, odd ones, and another business's canaries."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from customers.models import Business
from tests import make

CANARY: Final = "Qxcanary"
START: Final = datetime(2024, 3, 29, 22, 30, tzinfo=UTC)
FRACTIONS: Final = (0, 500_000, 123_456, 1, 999_999, 120_000)
TEXTS: Final = ("Zoë Ünïcode", "日本語", "a", "B", "שלום", "😀 x", "é", "e\u0301")
NESTED: Final = (
    {"z": 1, "a": {"y": [1.0, 2.5, None, True], "b": "é😀"}, "": "\u2028"},
    {},
    {"big": 1e16, "tiny": 1e-7, "long": 12345678901234567890, "neg": -0.0},
)


def moment(number: int) -> datetime:
    """Seven hours apart, with ties, over days on which clocks are changed."""
    step = START + timedelta(hours=7 * (number // 2))
    return step.replace(microsecond=FRACTIONS[number // 2 % len(FRACTIONS)])


def key(*parts: object) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, "/".join(map(str, parts)))


def fill(of: Business, count: int = 24) -> Business:
    """Rows in every table; every nullable column has nulls, sort keys have ties."""
    fill_activity(of, count)
    for number in range(count):
        text = TEXTS[number % len(TEXTS)]
        at, odd = moment(number), number % 3 == 0
        company = make.company(
            of,
            id=key(of.id, "company", number),
            name=f"{text} {number // 2}",
            registration_number=f"{number:05d}",
            legal_form=None if odd else text,
            industry=None if number % 4 == 0 else text,
            industry_code=None if odd else "0100",
            lei=None if odd else f"LEI{number:017d}",
            address="" if odd else text,
            incorporated_on=None if odd else date(1999, 12, 31) + timedelta(number),
            risk_score=None if number % 5 == 0 else number * 4 % 101,
            last_verified_at=None if odd else at,
            created_at=at,
            updated_at=at + timedelta(days=1),
        )
        make.verification(
            company,
            id=key(of.id, "verification", number),
            status=("completed", "failed", "pending", "in_review")[number % 4],
            score=None if odd else Decimal(number % 7) / 16,
            risk_level=(None, "low", "high", "critical")[number % 4],
            checks=NESTED[number % 3],
            reviewer=text,
            notes="" if odd else f"{text}\nnote",
            fee=Decimal(number * 29 % 100) / 100 + number % 2 * 1000,
            created_at=at,
            updated_at=at,
        )
    return of


def fill_activity(of: Business, count: int) -> None:
    for number in range(count):
        text, at, odd = TEXTS[number % len(TEXTS)], moment(number), number % 3 == 0
        make.report(
            of,
            id=key(of.id, "report", number),
            title=text,
            type=("compliance", "risk")[number % 2],
            summary=NESTED[number % 3],
            created_at=at,
        )
        make.audit_log(
            of,
            id=key(of.id, "log", number),
            timestamp=at,
            user_id=f"user-{number % 3}",
            action=("read", "write")[number % 2],
            resource_id="" if odd else text,
            metadata=NESTED[number % 3],
        )
        make.user_account(
            of,
            id=key(of.id, "account", number),
            name=text,
            email=f"{of.id}{number}@example.com",
            last_login_at=None if odd else at,
            logins_30d=number % 5,
            created_at=at,
        )


def fill_with_canaries(of: Business) -> Business:
    """Every text cell of these rows holds the canary; their values are as ours."""
    for number in range(4):
        at, text = moment(number), f"{CANARY} {number}"
        company = make.company(
            of,
            **dict.fromkeys(
                ("name", "legal_form", "address", "city", "industry"), text
            ),
            registration_number=text,
            postal_code=CANARY,
            industry_code=CANARY,
            jurisdiction="QX",
            lei=f"CANARY{number:014d}",
            risk_score=50,
            created_at=at,
            updated_at=at,
            last_verified_at=at,
        )
        make.verification(
            company,
            **dict.fromkeys(("reviewer", "reviewer_email", "notes"), text),
            checks=[{"name": text}],
            created_at=at,
            updated_at=at,
        )
        make.report(
            of,
            title=text,
            created_by=text,
            summary={"name": text},
            created_at=at,
        )
        make.audit_log(
            of,
            **dict.fromkeys(("user_id", "user_email", "action", "resource"), text),
            resource_id=text,
            user_agent=text,
            ip_address=CANARY,
            metadata={"name": text},
            timestamp=at,
        )
        make.user_account(of, name=text, email=text, created_at=at)
    return of
