"""Three businesses with companies, orders and activity: real files where there are."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db.models import F, Max
from django.utils import timezone

from customers import keys
from customers.actors import system
from customers.models import Business, Company, Order, User

MAIN: Final = "business_123"
VERIFICATIONS: Final = 5000
ACTOR: Final = system("manage.py demo")


@dataclass(frozen=True, slots=True)
class Tenant:
    """:ivar companies: pairs of register and file in ``DATA_DIR``.

    :ivar orders: pairs of layout and path there.
    """

    id: str
    name: str
    time_zone: str
    currency: str
    seed: int
    companies: tuple[tuple[str, str], ...] = ()
    orders: tuple[tuple[str, str], ...] = ()


TENANTS: Final = (
    Tenant(
        MAIN,
        "Meridian Compliance",
        "Europe/London",
        "GBP",
        1,
        companies=(("companies_house", "companies_house_basic_sample.csv"),),
        orders=(("northwind", "northwind"),),
    ),
    Tenant(
        "business_456",
        "Nordlicht Prüfung",
        "Europe/Berlin",
        "EUR",
        2,
        companies=(("gleif", "gleif_lei_5000.csv"),),
        orders=(("online_retail", "online_retail_10000.csv"),),
    ),
    Tenant("business_789", "Sakura Trust 桜", "Asia/Tokyo", "JPY", 3),
)


def prepare(say: Callable[[str], None], *, now: datetime) -> None:
    """Safe to repeat: the same rows again, as of today."""
    for tenant in TENANTS:
        _prepare(tenant, say, now)


def _prepare(tenant: Tenant, say: Callable[[str], None], now: datetime) -> None:
    Business.objects.get_or_create(
        id=tenant.id,
        defaults={
            "name": tenant.name,
            "time_zone": tenant.time_zone,
            "currency": tenant.currency,
        },
    )
    for register, name in tenant.companies:
        path = _data(name)
        if path:
            say(f"{tenant.id}: companies of {register}")
            call_command(
                "import_companies",
                str(path),
                register=register,
                business=tenant.id,
            )
    for layout, name in tenant.orders:
        path = _data(name)
        if path:
            say(f"{tenant.id}: orders of {layout}")
            call_command("import_orders", str(path), layout=layout, business=tenant.id)
            _shift_orders(tenant.id, now)
    say(f"{tenant.id}: verifications, reports, audit logs, accounts")
    call_command(
        "demo_data",
        business=tenant.id,
        companies=1000,
        verifications=VERIFICATIONS,
        seed=tenant.seed,
        until=now.date(),
    )
    count = Company.objects.for_business(tenant.id).count()
    say(f"{tenant.id}: {count} companies, {VERIFICATIONS} verifications")


def _shift_orders(business_id: str, now: datetime) -> None:
    """By whole days, so that the last order was yesterday."""
    orders = Order.objects.for_business(business_id)
    last = orders.aggregate(last=Max("ordered_at"))["last"]
    if last is not None:
        days = timedelta(days=(now - last).days - 1)
        orders.update(ordered_at=F("ordered_at") + days)


def _data(name: str) -> Path | None:
    path: Path = settings.DATA_DIR / name
    return path if path.exists() else None


def api_key(folder: Path) -> str:
    """A key of the main business, kept in a file of its own for the next demo."""
    path = folder / "api_key"
    now = timezone.now()
    if path.exists() and keys.find(path.read_text(), now=now, ip_address="127.0.0.1"):
        return path.read_text()
    _, text = keys.issue(
        "demo",
        businesses=[Business.objects.get(pk=MAIN)],
        scopes=["exports:write", "exports:read", "custom_query"],
        actor=ACTOR,
        now=now,
    )
    _keep(path, text)
    return text


def staff_password(folder: Path) -> str:
    """The password of the staff user ``demo``, made once."""
    path = folder / "admin_password"
    if path.exists() and User.objects.filter(username="demo").exists():
        return path.read_text()
    password = secrets.token_urlsafe(12)
    user, _ = User.objects.get_or_create(
        username="demo", defaults={"is_staff": True, "is_superuser": True}
    )
    user.set_password(password)
    user.save(update_fields=["password"])
    _keep(path, password)
    return password


def _keep(path: Path, secret: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(secret)
