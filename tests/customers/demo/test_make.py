"""Made-up data: the same for the same arguments, coherent, over real companies."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from django.apps import apps

from customers.demo.make import Amounts, make
from customers.models import (
    AuditLog,
    Company,
    Customer,
    Order,
    OrderLine,
    OwnedRow,
    Report,
    UserAccount,
    Verification,
)
from tests import make as factories

pytestmark = pytest.mark.django_db

UNTIL = date(2025, 1, 1)
AMOUNTS = Amounts(companies=20, verifications=200)
STAMPS = {"change_seq", "change_xid", "revision"}

# The first verification by id of the business "golden".
GOLDEN = {
    "id": "00392e47-13f1-507e-8611-1b190e9f6db4",
    "company_id": "bfecc9dc-2cd4-5943-aceb-5b5c9397b746",
    "status": "completed",
    "score": "0.4090",
    "risk_level": "high",
    "reviewer": "Dara O’Shea",
    "fee": "120.00",
    "verified_at": "2023-12-25 08:23:58.541411+00:00",
    "created_at": "2023-12-19 00:54:40.567015+00:00",
    "updated_at": "2023-12-25 08:23:58.541411+00:00",
}


def run(business, **options) -> int:
    chosen = {"amounts": AMOUNTS, "seed": 1, "until": UNTIL} | options
    return make(business, watch=lambda _, rows, __: rows, **chosen)


def rows(business) -> dict[str, list[dict[str, object]]]:
    """Every row of the business, without the database's own stamps."""
    owned = [
        model
        for model in apps.get_app_config("customers").get_models()
        if issubclass(model, OwnedRow)
    ]
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in STAMPS}
            for row in model.objects.for_business(business.pk).order_by("id").values()
        ]
        for model in owned
    }


def test_again_leaves_the_same_rows():
    business, other = factories.business("b"), factories.business("other")
    factories.verification(other)
    run(business)
    first, others = rows(business), rows(other)

    run(business)

    assert rows(business) == first
    assert rows(other) == others


def test_counts_are_in_proportion():
    business = factories.business()

    run(business)

    counts = {name: len(of_model) for name, of_model in rows(business).items()}
    assert counts == {
        "Company": 20,
        "Verification": 200,
        "Report": 12,
        "AuditLog": 50,
        "UserAccount": 10,
        "Customer": 10,
        "Order": 60,
        "OrderLine": 180,
        "Note": 10,
        "Tag": 5,
        "Segment": 5,
        "SupportTicket": 5,
    }


def test_first_verification_is_the_same_on_every_database_and_day():
    run(factories.business("golden"))

    row = Verification.objects.order_by("id").values(*GOLDEN)[0]
    assert {name: str(value) for name, value in row.items()} == GOLDEN


def test_another_seed_adds_other_verifications_of_the_same_companies():
    business = factories.business()
    run(business)
    companies = rows(business)["Company"]

    run(business, seed=2)

    assert [row["id"] for row in rows(business)["Company"]] == [
        row["id"] for row in companies
    ]
    assert Verification.objects.count() == 400


def test_companies_of_the_business_are_used_where_there_are_some():
    business = factories.business()
    mine = {factories.company(business).pk for _ in range(3)}
    factories.company()

    used = run(business)

    assert used == 3
    assert set(Verification.objects.values_list("company", flat=True)) == mine
    assert Company.objects.for_business(business.pk).count() == 3


def test_companies_known_by_lei_alone_are_used_too():
    business = factories.business()
    lei = {"lei": "81560074C0E0E345CA65", "registration_number": None}
    company = factories.company(business, **lei)

    run(business)

    assert set(Verification.objects.values_list("company", flat=True)) == {company.pk}


def test_no_more_companies_are_used_than_asked_for():
    business = factories.business()
    for _ in range(5):
        factories.company(business)

    used = run(business, amounts=Amounts(companies=2, verifications=50))

    assert used == 2
    assert Verification.objects.values("company").distinct().count() == 2


def test_rows_lie_in_the_two_years_before_the_day():
    run(factories.business())

    end = datetime(2025, 1, 1, tzinfo=UTC)
    start = datetime(2023, 1, 2, tzinfo=UTC)
    moments = [
        *Verification.objects.values_list("created_at", flat=True),
        *Verification.objects.values_list("updated_at", flat=True),
        *AuditLog.objects.values_list("timestamp", flat=True),
        *Report.objects.values_list("created_at", flat=True),
        *UserAccount.objects.values_list("created_at", flat=True),
        *Order.objects.values_list("ordered_at", flat=True),
    ]
    assert start <= min(moments) <= max(moments) < end


def test_verifications_hang_together():
    run(factories.business(), amounts=Amounts(companies=20, verifications=2000))

    for check in Verification.objects.all():
        finished = check.status in {"completed", "failed", "expired"}
        known = (check.verified_at, check.score, check.risk_level)
        assert [value is not None for value in known] == [finished] * 3
        assert bool(check.checks) == finished
        assert check.created_at <= check.updated_at
    statuses = Counter(Verification.objects.values_list("status", flat=True))
    assert statuses.most_common(1)[0][0] == "completed"
    assert len(statuses) == 5


def test_companies_stand_as_their_latest_verification_says():
    run(factories.business(), amounts=Amounts(companies=20, verifications=60))
    for company in Company.objects.all():
        checks = company.verifications.order_by("-created_at", "-id")
        latest = checks.first()
        verified = [check.verified_at for check in checks if check.verified_at]
        expected: tuple[object, ...] = ("unverified", None, None)

        if latest is not None:
            score = latest.score
            risk = None if score is None else int((1 - score) * 100 + Decimal("0.5"))
            expected = (latest.status, risk, max(verified, default=None))

        stands = (company.verification_status, company.risk_score)
        assert (*stands, company.last_verified_at) == expected


def test_order_lines_are_exact():
    run(factories.business())

    for line in OrderLine.objects.all():
        exact = line.quantity * line.unit_price * (1 - line.discount)
        assert line.amount == exact.quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def test_businesses_have_rows_of_their_own():
    first, second = factories.business("b1"), factories.business("b2")
    run(first)
    run(second)

    ids = Verification.objects.values_list("id", flat=True).distinct().count()

    assert ids == 400
    assert Customer.objects.for_business("b1").count() == 10


def test_watch_sees_every_row():
    seen: Counter[str] = Counter()

    def watch(table, values, count):
        for row in values:
            seen[table] += 1
            yield row
        assert seen[table] == count

    make(factories.business(), amounts=AMOUNTS, seed=1, until=UNTIL, watch=watch)

    assert (seen["verification"], seen["orderline"]) == (200, 180)
