"""Plain functions that make rows for tests: what is not given is plausible."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import count
from typing import Any, Final

from customers import keys
from customers.actors import Actor, system
from customers.models import (
    ApiKey,
    AuditLog,
    Business,
    Company,
    Customer,
    Membership,
    Note,
    Order,
    OrderLine,
    Report,
    Segment,
    StaffToken,
    SupportTicket,
    Tag,
    User,
    UserAccount,
    Verification,
)

NOW: Final = datetime(2025, 1, 15, 12, 0, tzinfo=UTC)
SYSTEM: Final = system("tests")

_numbers: Final = count(1)


def business(id: str = "", **values: Any) -> Business:  # noqa: A002 -- the field's name
    """One with this id, made when it is not there yet."""
    id = id or f"business_{next(_numbers)}"  # noqa: A001 -- as above
    defaults = {"name": f"Business {id}", "created_at": NOW - timedelta(days=900)}
    return Business.objects.get_or_create(id=id, defaults=defaults | values)[0]


def company(of: Business | None = None, **values: Any) -> Company:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "name": f"Company {number}",
        "registration_number": f"{number:08d}",
        "jurisdiction": "GB",
        "legal_form": "Private Limited Company",
        "address": f"{number} High Street",
        "city": "London",
        "postal_code": "N1 9GU",
        "country": "GB",
        "industry": "Business and domestic software development",
        "industry_code": "62012",
        "status": Company.Status.ACTIVE,
        "incorporated_on": date(2015, 3, 1),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Company.objects.create(business=of or business(), **(defaults | values))


def verification(of: Company | Business | None = None, **values: Any) -> Verification:
    owner = of if isinstance(of, Company) else company(of)
    defaults: dict[str, Any] = {
        "status": Verification.Status.COMPLETED,
        "score": Decimal("0.8750"),
        "risk_level": Verification.RiskLevel.LOW,
        "checks": [{"name": "registry", "result": "pass"}],
        "reviewer": "Rosa Meier",
        "reviewer_email": "rosa.meier@example.com",
        "fee": Decimal("25.00"),
        "created_at": NOW,
        "updated_at": NOW,
    }
    row = defaults | values
    finished = row["status"] not in {"pending", "in_review"}
    row.setdefault("verified_at", row["created_at"] if finished else None)
    return Verification.objects.create(
        business_id=owner.business_id, company=owner, **row
    )


def report(of: Business | None = None, **values: Any) -> Report:
    defaults: dict[str, Any] = {
        "title": f"Report {next(_numbers)}",
        "type": Report.Type.COMPLIANCE,
        "status": Report.Status.FINAL,
        "period_start": date(2024, 12, 1),
        "period_end": date(2024, 12, 31),
        "summary": {"verifications": 12, "failed": 1},
        "created_by": "rosa.meier@example.com",
        "created_at": NOW,
    }
    return Report.objects.create(business=of or business(), **(defaults | values))


def audit_log(of: Business | None = None, **values: Any) -> AuditLog:
    defaults: dict[str, Any] = {
        "timestamp": NOW,
        "user_id": f"user_{next(_numbers)}",
        "user_email": "rosa.meier@example.com",
        "action": "verification.read",
        "resource": "verification",
        "resource_id": "v-1",
        "ip_address": "203.0.113.7",
        "user_agent": "Mozilla/5.0",
        "metadata": {"page": 1},
    }
    return AuditLog.objects.create(business=of or business(), **(defaults | values))


def user_account(of: Business | None = None, **values: Any) -> UserAccount:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "email": f"user{number}@example.com",
        "name": f"User {number}",
        "role": UserAccount.Role.ANALYST,
        "last_login_at": NOW - timedelta(days=1),
        "logins_30d": 12,
        "actions_30d": 340,
        "created_at": NOW,
    }
    return UserAccount.objects.create(business=of or business(), **(defaults | values))


def customer(of: Business | None = None, **values: Any) -> Customer:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "external_id": f"C{number:05d}",
        "name": f"Customer {number}",
        "email": f"customer{number}@example.com",
        "phone": "+44 20 7946 0000",
        "registered_at": NOW - timedelta(days=365),
        "addresses": [{"street": "1 High Street", "city": "London", "country": "GB"}],
    }
    return Customer.objects.create(business=of or business(), **(defaults | values))


def order(
    of: Customer | None = None,
    *,
    lines: Sequence[Mapping[str, Any]] = ({},),
    **values: Any,
) -> Order:
    """:param lines: what differs from one piece at 10.0000 without discount."""
    owner = of or customer()
    defaults: dict[str, Any] = {
        "number": f"O{next(_numbers):06d}",
        "status": Order.Status.COMPLETED,
        "ordered_at": NOW - timedelta(days=10),
        "currency": "EUR",
    }
    made = Order.objects.create(
        business_id=owner.business_id, customer=owner, **(defaults | values)
    )
    for position, line in enumerate(lines, start=1):
        order_line(made, position=position, **line)
    return made


def order_line(of: Order, **values: Any) -> OrderLine:
    defaults: dict[str, Any] = {
        "position": 1,
        "sku": "SKU-1",
        "product_name": "Lantern",
        "quantity": 1,
        "unit_price": Decimal("10.0000"),
        "discount": Decimal(0),
    }
    row = defaults | values
    exact = row["quantity"] * row["unit_price"] * (1 - row["discount"])
    row.setdefault("amount", exact.quantize(Decimal("0.01"), ROUND_HALF_EVEN))
    return OrderLine.objects.create(business_id=of.business_id, order=of, **row)


def note(of: Customer, **values: Any) -> Note:
    row = {"author": "Rosa Meier", "body": "Called back.", "created_at": NOW} | values
    return Note.objects.create(business_id=of.business_id, customer=of, **row)


def tag(of: Customer, name: str = "vip") -> Tag:
    return Tag.objects.create(business_id=of.business_id, customer=of, name=name)


def segment(of: Customer, name: str = "regulars") -> Segment:
    return Segment.objects.create(business_id=of.business_id, customer=of, name=name)


def ticket(of: Customer, **values: Any) -> SupportTicket:
    row = {"subject": "Late delivery", "opened_at": NOW - timedelta(days=3)} | values
    return SupportTicket.objects.create(business_id=of.business_id, customer=of, **row)


def api_key(
    *businesses: Business,
    scopes: Sequence[str] = ("exports:write", "exports:read"),
    **values: Any,
) -> tuple[ApiKey, str]:
    """The key and its text."""
    options: dict[str, Any] = {"actor": SYSTEM, "now": NOW} | values
    name = options.pop("name", "test key")
    owners = businesses or (business(),)
    return keys.issue(name, businesses=owners, scopes=scopes, **options)


def staff(
    role: str = Membership.Role.MANAGER,
    of: Business | None = None,
    *,
    everywhere: bool = False,
    **values: Any,
) -> User:
    """Somebody who may sign in to the admin, with one membership.

    :param everywhere: the membership is for all businesses.
    """
    name = f"staff{next(_numbers)}"
    row = {"username": name, "email": f"{name}@example.com", "is_staff": True} | values
    password = row.pop("password", "correct horse battery")
    user = User.objects.create_user(password=password, **row)
    owner = None if everywhere else (of or business())
    Membership.objects.create(user=user, business=owner, role=role)
    return user


def staff_token(of: User, actor: Actor = SYSTEM) -> tuple[StaffToken, str]:
    return keys.issue_token("test token", user=of, actor=actor, now=NOW)
