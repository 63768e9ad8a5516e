"""What the customer-360 view consists of, as plain values that every format writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Sections:
    """What is asked for; what is not is never read.

    :ivar since: orders, notes and analytics before this moment are left out; None: all.
    :ivar order_limit: how many orders, newest first; None: all.
    """

    orders: bool = True
    notes: bool = True
    tags: bool = True
    analytics: bool = False
    since: datetime | None = None
    order_limit: int | None = 100


@dataclass(frozen=True, slots=True)
class Profile:
    """Unknown is None; so is what may not be seen, which ``View.withheld`` names."""

    id: UUID
    name: str | None
    email: str | None
    phone: str | None
    registered_at: datetime | None
    account_status: str
    addresses: tuple[dict[str, Any], ...] | None
    loyalty_level: str | None


@dataclass(frozen=True, slots=True)
class Metrics:
    """Of the whole history, in the customer's currency.

    :ivar days_since_last_purchase: whole days; -1 without a purchase.
    :ivar other_currencies: of orders whose money is in no figure of the view.
    :ivar purchase_frequency: orders per 30 days of tenure, four digits.
    """

    currency: str
    lifetime_value: Decimal
    total_orders: int
    average_order_value: Decimal
    total_spent: Decimal
    days_since_last_purchase: int
    purchase_frequency: Decimal
    tenure_days: int
    other_currencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """:ivar score: 0 to 100; the parts are 0 to 100 too, two digits.

    :ivar band: excellent, good, fair or poor.
    """

    score: int
    band: str
    purchase: Decimal
    engagement: Decimal
    support: Decimal
    recency: Decimal
    recommendations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Churn:
    """:ivar risk: 0 to 100, two digits; :ivar band: high, medium or low."""

    risk: Decimal
    band: str
    strategies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    sku: str
    product_name: str
    quantity: int
    unit_price: Decimal
    discount: Decimal
    amount: Decimal
    cancelled: bool


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """:ivar total: of its lines that are not cancelled; 0 when it is cancelled."""

    number: str
    status: str
    ordered_at: datetime
    currency: str
    total: Decimal
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class WrittenNote:
    """Author and body are None when they may not be seen."""

    author: str | None
    body: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Spend:
    """:ivar month: its first day, in the business's zone."""

    month: date
    orders: int
    spent: Decimal


@dataclass(frozen=True, slots=True)
class Product:
    sku: str
    name: str
    quantity: int
    spent: Decimal


@dataclass(frozen=True, slots=True)
class Analytics:
    """:ivar months: without gaps, oldest first; :ivar statuses: by name."""

    months: tuple[Spend, ...]
    statuses: tuple[tuple[str, int], ...]
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A section that was not asked for is None.

    :ivar orders: iterable once when it is streamed, newest first.
    :ivar orders_found: how many there are in the range, whatever the limit.
    :ivar revision: of the customer, when it was read.
    :ivar withheld: names of fields that may not be seen, as ``profile.email``.
    """

    business_id: str
    business_name: str
    time_zone: str
    revision: int
    profile: Profile
    metrics: Metrics
    health: Health
    churn: Churn
    segments: tuple[str, ...] | None
    tags: tuple[str, ...] | None
    orders: Iterable[PlacedOrder] | None
    orders_found: int | None
    notes: tuple[WrittenNote, ...] | None
    analytics: Analytics | None
    withheld: tuple[str, ...]
