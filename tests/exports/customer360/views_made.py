"""Made-up views: any number of orders, any text in every field that has text."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from customers.view360.shape import (
    Analytics,
    Churn,
    Health,
    Line,
    Metrics,
    PlacedOrder,
    Product,
    Profile,
    Spend,
    View,
    WrittenNote,
)

ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
FIRST = datetime(2024, 1, 5, 9, 30, tzinfo=UTC)
CENT = Decimal("0.01")
STATUSES = ("completed", "shipped", "completed", "pending", "cancelled")
WARES = (
    ("22423", "REGENCY CAKESTAND 3 TIER", Decimal("12.7500")),
    ("85123A", "WHITE HANGING HEART T-LIGHT HOLDER", Decimal("2.5500")),
    ("47566", "PARTY BUNTING", Decimal("4.9500")),
    ("84879", "ASSORTED COLOUR BIRD ORNAMENT", Decimal("1.6900")),
    ("20725", "LUNCH BAG RED RETROSPOT", Decimal("1.6500")),
)


def order(number: int = 1, *, lines: int = 3, **changes) -> PlacedOrder:
    """Orders of one number are alike; each is five days before the next."""
    status = STATUSES[number % len(STATUSES)]
    made = tuple(line(number + place) for place in range(lines))
    total = sum((item.amount for item in made if not item.cancelled), Decimal(0))
    facts = {
        "number": f"SO-{10000 + number}",
        "status": status,
        "ordered_at": FIRST + timedelta(days=5 * number),
        "currency": "GBP",
        "total": Decimal(0) if status == "cancelled" else total,
        "lines": made,
    }
    return PlacedOrder(**facts | changes)


def line(number: int = 0, **changes) -> Line:
    sku, name, price = WARES[number % len(WARES)]
    quantity, discount = 1 + number % 7, Decimal("0.1000") * (number % 3)
    facts = {
        "sku": sku,
        "product_name": name,
        "quantity": quantity,
        "unit_price": price,
        "discount": discount,
        "amount": (quantity * price * (1 - discount)).quantize(CENT),
        "cancelled": number % 11 == 10,
    }
    return Line(**facts | changes)


def orders_made(count: int, *, lines: int = 3) -> tuple[PlacedOrder, ...]:
    """Newest first."""
    return tuple(order(number, lines=lines) for number in range(count, 0, -1))


def note(number: int = 0, **changes) -> WrittenNote:
    facts = {
        "author": ("Amara Okafor", "Jonas Weber")[number % 2],
        "body": "Called about the late delivery; offered free shipping next time.",
        "created_at": FIRST + timedelta(days=40 + number, hours=2),
    }
    return WrittenNote(**facts | changes)


def metrics_of(orders: tuple[PlacedOrder, ...]) -> Metrics:
    counted = [item for item in orders if item.status != "cancelled"]
    spent = sum((item.total for item in counted), Decimal(0)).quantize(CENT)
    average = (spent / len(counted)).quantize(CENT) if counted else Decimal("0.00")
    return Metrics(
        currency="GBP",
        lifetime_value=spent,
        total_orders=len(counted),
        average_order_value=average,
        total_spent=spent,
        days_since_last_purchase=12 if counted else -1,
        purchase_frequency=Decimal("1.2500") if counted else Decimal("0.0000"),
        tenure_days=5 * len(orders),
    )


def analytics_of(months: int = 14) -> Analytics:
    spends = tuple(
        Spend(
            date(2024 + (place // 12), 1 + place % 12, 1),
            place % 5,
            Decimal(place * 37 % 211) + Decimal("0.25") if place % 5 else Decimal(0),
        )
        for place in range(months)
    )
    products = tuple(
        Product(sku, name, 40 - place, Decimal("310.50") - 31 * place)
        for place, (sku, name, _) in enumerate(WARES)
    )
    statuses = (("cancelled", 2), ("completed", 14), ("pending", 1), ("shipped", 3))
    return Analytics(spends, statuses, products)


PROFILE = Profile(
    id=ID,
    name="Ada Lovelace",
    email="ada@example.com",
    phone="+44 20 7946 0958",
    registered_at=FIRST,
    account_status="active",
    addresses=(
        {"street": "12 St James's Square", "city": "London", "country": "GB"},
        {"street": "Unter den Linden 5", "city": "Berlin", "country": "DE"},
    ),
    loyalty_level="gold",
)
HEALTH = Health(
    score=72,
    band="good",
    purchase=Decimal("69.00"),
    engagement=Decimal("43.75"),
    support=Decimal("75.00"),
    recency=Decimal("88.00"),
    recommendations=(
        "Follow up on the open ticket before offering anything new.",
        "Invite to the platinum level: 420 points are missing.",
    ),
)
CHURN = Churn(
    risk=Decimal("42.50"),
    band="medium",
    strategies=("Send a personal offer for products bought before.",),
)
NO_ORDERS = {
    "metrics": replace(metrics_of(()), tenure_days=3),
    "orders": (),
    "orders_found": 0,
    "analytics": Analytics((), (), ()),
}


def view(count: int = 3, *, lines: int = 3, **changes) -> View:
    placed = orders_made(count, lines=lines)
    facts = {
        "business_id": "northwind",
        "business_name": "Northwind Traders",
        "time_zone": "Europe/London",
        "revision": 7,
        "profile": PROFILE,
        "metrics": metrics_of(placed),
        "health": HEALTH,
        "churn": CHURN,
        "segments": ("Wholesale", "UK & Ireland"),
        "tags": ("VIP", "newsletter"),
        "orders": placed,
        "orders_found": count,
        "notes": (note(1), note(0)),
        "analytics": analytics_of(),
        "withheld": (),
    }
    return View(**facts | changes)


def bare() -> View:
    """With nothing but facts: no part of it is asked for."""
    parts = ("orders", "orders_found", "notes", "tags", "segments", "analytics")
    return view(0, **dict.fromkeys(parts))


def of_text(text: str) -> View:
    """That text in every field that holds any text from outside."""
    lines = (line(sku=text, product_name=text),)
    return view(
        business_name=text,
        profile=replace(
            PROFILE,
            name=text,
            email=text,
            phone=text,
            account_status=text,
            loyalty_level=text,
            addresses=({text: text, "street": text},),
        ),
        metrics=replace(metrics_of(()), currency=text, other_currencies=(text,)),
        health=replace(HEALTH, band=text, recommendations=(text,)),
        churn=replace(CHURN, band=text, strategies=(text,)),
        segments=(text,),
        tags=(text,),
        orders=(replace(order(status=text, currency=text), number=text, lines=lines),),
        orders_found=1,
        notes=(note(author=text, body=text),),
        analytics=Analytics(
            (Spend(date(2024, 1, 1), 1, Decimal("5.00")),),
            ((text, 1),),
            (Product(text, text, 1, Decimal("5.00")),),
        ),
    )
