"""The same figures by another road: raw rows, plain Python, decimals, no SQL sums."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

from customers.models import Business, Customer, Order, OrderLine, SupportTicket

CENT = Decimal("0.01")
LEVELS = {None: 0, "bronze": 25, "silver": 50, "gold": 75, "platinum": 100}


class Reckoner:
    """Has read every row of a business, and reckons one customer after the other."""

    def __init__(self, business: Business, now: datetime) -> None:
        self.zone = ZoneInfo(business.time_zone)
        self.today = now.astimezone(self.zone).date()
        self.home = business.currency
        rows = Customer.objects.filter(business=business).values()
        self.customers = {row["id"]: row for row in rows}
        self.orders = grouped(Order, business, "customer_id")
        self.lines = grouped(OrderLine, business, "order_id")
        self.tickets = grouped(SupportTicket, business, "customer_id")

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def metrics(self, customer_id: Any) -> dict[str, Any]:
        every = self.orders[customer_id]
        counted = [order for order in every if order["status"] != "cancelled"]
        currency = self.currency(counted)
        paid = [order for order in counted if order["currency"] == currency]
        spent = sum((self.worth(order) for order in paid), start=Decimal("0.00"))
        tenure = self.tenure(customer_id)
        last = max((order["ordered_at"] for order in counted), default=None)
        months = max(Decimal(tenure) / 30, Decimal(1))
        return {
            "currency": currency,
            "lifetime_value": spent,
            "total_orders": len(counted),
            "average_order_value": to_digits(spent / len(paid), 2)
            if paid
            else Decimal("0.00"),
            "total_spent": spent,
            "days_since_last_purchase": -1
            if last is None
            else max((self.today - self.day(last)).days, 0),
            "purchase_frequency": to_digits(len(counted) / months, 4),
            "tenure_days": tenure,
            "other_currencies": tuple(
                sorted({order["currency"] for order in counted} - {currency})
            ),
        }

    def tenure(self, customer_id: Any) -> int:
        moments = [order["ordered_at"] for order in self.orders[customer_id]]
        first = self.customers[customer_id]["registered_at"] or min(
            moments, default=None
        )
        return 0 if first is None else max((self.today - self.day(first)).days, 0)

    def currency(self, orders: list[Mapping[str, Any]]) -> str:
        found: dict[str, int] = defaultdict(int)
        for order in orders:
            found[order["currency"]] += 1
        if self.home in found or not found:
            return self.home
        most = max(found.values())
        return min(code for code, count in found.items() if count == most)

    def worth(self, order: Mapping[str, Any]) -> Decimal:
        lines = self.lines[order["id"]]
        return sum(
            (line["amount"] for line in lines if not line["cancelled"]),
            start=Decimal("0.00"),
        )

    def scores(self, customer_id: Any) -> dict[str, Any]:
        """Health and churn, with sixty digits on the way."""
        with localcontext() as context:
            context.prec = 60
            return self._scores(customer_id)

    def _scores(self, customer_id: Any) -> dict[str, Any]:
        customer, told = self.customers[customer_id], self.metrics(customer_id)
        orders, days = told["total_orders"], told["days_since_last_purchase"]
        rate = orders / max(Decimal(told["tenure_days"]) / 30, Decimal(1))
        tickets = self.tickets[customer_id]
        unclosed = len([each for each in tickets if each["status"] != "closed"])
        recent = [
            each
            for each in tickets
            if (self.today - self.day(each["opened_at"])).days <= 90
        ]
        purchase, recency = Decimal(0), Decimal(50)
        if orders:
            late = max(50 - Decimal(days) / 2, Decimal(0))
            purchase = min(20 * rate, Decimal(50)) + late
            recency = Decimal(max(100 - days, 0))
        points = min(Decimal(customer["loyalty_points"]) / 100, Decimal(50))
        engagement = (LEVELS[customer["loyalty_level"]] + points) / 2
        support = Decimal(max(100 - 25 * unclosed - 5 * len(recent), 0))
        exact = (
            Decimal("0.35") * purchase
            + Decimal("0.25") * engagement
            + Decimal("0.20") * (support + recency)
        )
        decline = 75 if rate < Decimal("0.5") else 50 if rate < 1 else 25
        absence = 20
        if orders:
            absence = 60 if days > 90 else 40 if days > 60 else 20 if days > 30 else 0
        risk = min(absence + Decimal("0.3") * decline + 5 * unclosed, Decimal(100))
        return {
            "score": int(to_digits(exact, 0)),
            "purchase": to_digits(purchase, 2),
            "engagement": to_digits(engagement, 2),
            "support": to_digits(support, 2),
            "recency": to_digits(recency, 2),
            "risk": to_digits(risk, 2),
        }

    def analytics(self, customer_id: Any, currency: str) -> dict[str, Any]:
        counted = [
            order
            for order in self.orders[customer_id]
            if order["status"] != "cancelled" and order["currency"] == currency
        ]
        months: dict[date, list[Any]] = defaultdict(lambda: [0, Decimal("0.00")])
        bought: dict[str, list[Any]] = defaultdict(lambda: ["", 0, Decimal("0.00")])
        for order in counted:
            month = months[self.day(order["ordered_at"]).replace(day=1)]
            month[0] += 1
            month[1] += self.worth(order)
            for line in self.lines[order["id"]]:
                if not line["cancelled"]:
                    product = bought[line["sku"]]
                    product[0] = max(product[0], line["product_name"])
                    product[1] += line["quantity"]
                    product[2] += line["amount"]
        ranked = sorted(bought.items(), key=lambda item: (-item[1][2], item[0]))
        return {
            "months": [(month, *months[month]) for month in calendar(sorted(months))],
            "products": [(sku, *figures) for sku, figures in ranked[:10]],
        }


def calendar(months: list[date]) -> list[date]:
    """Month after month, by walking from the first to the last."""
    walked = []
    at = months[0] if months else date.max
    while months and at <= months[-1]:
        walked.append(at)
        at = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    return walked


def grouped(model: Any, business: Business, by: str) -> dict[Any, list[dict[str, Any]]]:
    rows: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in model.objects.filter(business=business).values():
        rows[row[by]].append(row)
    return rows


def to_digits(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
