"""What a process of its own does: fills a database, or tells its files' digests."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from django.core.management import call_command

from customers.clearance import Clearance
from customers.models import Business, Company, Verification
from exports.pipeline.ranges import TimeRange
from exports.pipeline.renderers import RENDERERS
from exports.pipeline.run import Plan, Run
from exports.pipeline.spec import ExportSpec

START = datetime(2024, 3, 1, tzinfo=UTC)
NAMES = [
    "Zoë & Co",
    "日本語株式会社",
    "שלום בע״מ",
    "مرحبا",
    "=1+1",
    "a\r\nb",
    "",
    "😀 é",
]
CHECKS = [
    {"z": [1.0, 1e16, 1e23, -0.0, 1e-7], "a": {"é": None, "B": True}},
    [],
    {"text": "\u2028\u007f</a>", "big": 12345678901234567890},
]
PDF_ROWS = 220
"""A page takes its time; this many make both of its layouts."""


def fill(rows: int) -> None:
    call_command("migrate", verbosity=0)
    business = Business.objects.create(
        id="ours", name="Öurs", time_zone="Europe/Berlin"
    )
    companies = [
        Company(
            id=uuid5(NAMESPACE_URL, f"company/{number}"),
            business=business,
            name=name,
            lei=None if number % 2 else f"{number:020d}",
            registration_number=f"{number:04d}",
            jurisdiction="GB",
        )
        for number, name in enumerate(NAMES)
    ]
    Company.objects.bulk_create(companies)
    for start in range(0, rows, 5000):
        Verification.objects.bulk_create(
            verification(number, business, companies)
            for number in range(start, min(start + 5000, rows))
        )


def verification(
    number: int, business: Business, companies: list[Company]
) -> Verification:
    at = START + timedelta(
        minutes=37 * (number // 3), microseconds=number % 7 * 125_000
    )
    return Verification(
        id=uuid5(NAMESPACE_URL, f"verification/{number}"),
        business=business,
        company=companies[number % len(companies)],
        status=("completed", "pending", "failed")[number % 3],
        score=None if number % 3 == 1 else Decimal(number % 10_001) / 10_000,
        risk_level=(None, "low", "high")[number % 3],
        checks=CHECKS[number % 3],
        notes=NAMES[number % 7] * (number % 5),
        fee=Decimal(number * 29 % 100_000) / 100,
        verified_at=at if number % 3 != 1 else None,
        created_at=at,
        updated_at=at,
    )


def digests(batch_size: int) -> dict[str, str]:
    """``dataset format compression`` -> sha256."""
    business = Business.objects.get(pk="ours")
    found = {}
    for type_ in ("verifications", "analytics"):
        for name, compression in files():
            payload = {
                "business_id": "ours",
                "export_type": type_,
                "format": name,
                "compression": compression,
                "batch_size": batch_size,
                "sort_by": ["-notes", "score"] if type_ == "verifications" else None,
                "max_rows": PDF_ROWS if name == "pdf" else None,
            }
            spec = ExportSpec.parse(payload, clearance=Clearance.SENSITIVE)
            digest = sha256()
            for chunk in Run(Plan(spec, business, TimeRange())).chunks():
                digest.update(chunk)
            found[f"{type_} {name} {compression}"] = digest.hexdigest()
    return found


def files() -> Iterator[tuple[str, str | None]]:
    for name in RENDERERS:
        yield name, None
        if not RENDERERS[name].compressed_inside:
            yield from ((name, each) for each in ("gzip", "zip", "zstd"))


def tell(batch_size: int) -> None:
    sys.stdout.write(json.dumps(digests(batch_size)))
