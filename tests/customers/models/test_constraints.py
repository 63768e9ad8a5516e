"""What no row may be, whoever writes it."""

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint

from customers.models import Membership, Tombstone
from tests import make

pytestmark = pytest.mark.django_db

REFUSED = {
    "customers_company_identified": (
        make.company,
        {"registration_number": None, "lei": None},
    ),
    "customers_company_identified-2": (make.company, {"jurisdiction": ""}),
    "customers_company_identifiers_filled": (make.company, {"lei": ""}),
    "customers_company_risk_score_range": (make.company, {"risk_score": 101}),
    "customers_company_status_known": (make.company, {"status": "odd"}),
    "customers_company_verification_status_known": (
        make.company,
        {"verification_status": "odd"},
    ),
    "customers_verification_score_range": (
        make.verification,
        {"score": Decimal("1.0001")},
    ),
    "customers_verification_status_known": (make.verification, {"status": "odd"}),
    "customers_verification_risk_level_known": (
        make.verification,
        {"risk_level": "odd"},
    ),
    "customers_verification_verified_when_finished": (
        make.verification,
        {"status": "pending", "verified_at": make.NOW},
    ),
    "customers_report_period_ordered": (make.report, {"period_end": date(2024, 1, 1)}),
    "customers_report_type_known": (make.report, {"type": "odd"}),
    "customers_report_status_known": (make.report, {"status": "odd"}),
    "customers_auditlog_outcome_known": (make.audit_log, {"outcome": "odd"}),
    "customers_useraccount_role_known": (make.user_account, {"role": "odd"}),
    "customers_useraccount_status_known": (make.user_account, {"status": "odd"}),
    "customers_customer_account_status_known": (
        make.customer,
        {"account_status": "odd"},
    ),
    "customers_customer_loyalty_level_known": (
        make.customer,
        {"loyalty_level": "odd"},
    ),
    "customers_order_status_known": (make.order, {"status": "odd"}),
    "customers_orderline_discount_range": (
        lambda **values: make.order(lines=[values]),
        {"discount": Decimal(2), "amount": 0},
    ),
    "customers_supportticket_closed_with_time": (
        lambda **values: make.ticket(make.customer(), **values),
        {"status": "closed"},
    ),
    "customers_membership_role_known": (make.staff, {"role": "odd"}),
    "customers_business_id_filled": (
        make.Business.objects.create,
        {"id": "", "name": "x"},
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_row_against_a_rule_is_refused(name):
    maker, values = REFUSED[name]

    with (
        pytest.raises(IntegrityError, match=name.split("-")[0]),
        transaction.atomic(),
    ):
        maker(**values)


def test_every_rule_is_tried():
    rules = {
        constraint.name
        for model in apps.get_app_config("customers").get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
    }

    assert rules == {name.split("-")[0] for name in REFUSED}


def test_every_choice_is_one_that_the_database_takes():
    for model in apps.get_app_config("customers").get_models():
        for field in model._meta.fields:
            if not field.choices or field.model is not model:
                continue
            taken = [
                value
                for constraint in model._meta.constraints
                if isinstance(constraint, CheckConstraint)
                for lookup, value in _conditions(constraint.condition)
                if lookup in {field.name, f"{field.name}__in"}
            ]
            known = {item for value in taken for item in _listed(value)}
            assert known == {value for value, _ in field.choices}, field


def _conditions(condition):
    for child in condition.children:
        if isinstance(child, tuple):
            yield child
        else:
            yield from _conditions(child)


def _listed(value):
    return value if isinstance(value, list | tuple) else [value]


@pytest.mark.parametrize(
    ("maker", "values"),
    [
        (make.company, {"registration_number": "1"}),
        (make.company, {"lei": "5493001KJTIIGC8Y1R12"}),
        (make.user_account, {"email": "a@example.com"}),
        (make.customer, {"external_id": "C1"}),
    ],
)
def test_identity_is_unique_within_a_business_only(maker, values):
    business = make.business()
    maker(business, **values)
    maker(make.business(), **values)

    with pytest.raises(IntegrityError), transaction.atomic():
        maker(business, **values)


@pytest.mark.parametrize("everywhere", [True, False])
def test_membership_is_one_per_user_and_business(everywhere):
    business = make.business()
    user = make.staff(of=business, everywhere=everywhere)
    owner = None if everywhere else business

    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, business=owner, role="viewer")


@pytest.mark.parametrize(
    "values",
    [
        {"id": "Business 1"},
        {"id": "x" * 65},
        {"id": "fine\n"},
        {"time_zone": "Mars/Olympus"},
        {"currency": "eur"},
        {"currency": "EURO"},
    ],
)
def test_business_takes_slugs_zones_and_currencies_only(values):
    business = make.Business(**({"id": "fine", "name": "Fine"} | values))

    with pytest.raises(ValidationError):
        business.full_clean()


def test_rows_say_who_they_are():
    customer = make.customer(name="Ada")
    token, _ = make.staff_token(make.staff("viewer", everywhere=True))
    make.report().delete()
    stone = Tombstone.objects.get()
    rows = {
        stone: f"customers_report {stone.row_id}",
        token: f"test token ({token.prefix})",
        token.user.memberships.get(): "viewer of all businesses",
        make.business("b", name="Acme"): "Acme",
        make.company(name="Acme Ltd"): "Acme Ltd",
        make.report(title="May"): "May",
        make.audit_log(action="read", resource="file"): "read file",
        make.user_account(email="a@example.com"): "a@example.com",
        customer: "Ada",
        make.order(customer, number="7"): "7",
        make.note(customer, body="Hello"): "Hello",
        make.tag(customer, "vip"): "vip",
        make.segment(customer, "new"): "new",
        make.ticket(customer, subject="Late"): "Late",
        make.order_line(make.order(lines=[]), quantity=2, sku="S"): "2 x S",
    }

    assert {str(row) for row in rows} == set(rows.values())
