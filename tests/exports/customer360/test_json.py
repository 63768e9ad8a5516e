import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from exports.customer360.json import Export, body, camel, framed
from tests.exports.customer360 import views_made as made

PARTS = ["business", "profile", "metrics", "health", "churn", "segments", "tags"]
PARTS += ["ordersFound", "notes", "analytics", "withheld", "orders"]
EXPORT = Export(
    actor_id="17",
    actor_name="Grace Hopper",
    exported_at=datetime.fromisoformat("2026-11-21T10:00:00+01:00"),
    customer_id=made.ID,
    format="json",
    options={"includeOrders": True, "orderLimit": 100},
)


def read(view) -> dict:
    return json.loads(b"".join(body(view)), parse_float=Decimal)


def test_json_holds_every_part():
    data = read(made.view(3))

    assert list(data) == PARTS
    assert data["business"] == {"id": "northwind", "name": "Northwind Traders"}
    assert data["profile"] == {
        "id": str(made.ID),
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "phone": "+44 20 7946 0958",
        "registeredAt": "2024-01-05T09:30:00.000000+00:00",
        "accountStatus": "active",
        "addresses": list(made.PROFILE.addresses),
        "loyaltyLevel": "gold",
    }
    assert data["metrics"] == {
        "currency": "GBP",
        "lifetimeValue": Decimal("124.67"),
        "totalOrders": 3,
        "averageOrderValue": Decimal("41.56"),
        "totalSpent": Decimal("124.67"),
        "daysSinceLastPurchase": 12,
        "purchaseFrequency": Decimal("1.2500"),
        "tenureDays": 15,
        "otherCurrencies": [],
    }
    assert data["health"]["recency"] == Decimal("88.00")
    assert data["churn"]["strategies"] == list(made.CHURN.strategies)


def test_json_holds_orders_with_their_lines():
    order = read(made.view(3))["orders"][0]

    assert order["number"] == "SO-10003"
    assert order["orderedAt"] == "2024-01-20T09:30:00.000000+00:00"
    assert order["lines"][2] == {
        "sku": "22423",
        "productName": "REGENCY CAKESTAND 3 TIER",
        "quantity": 6,
        "unitPrice": Decimal("12.7500"),
        "discount": Decimal("0.2000"),
        "amount": Decimal("61.20"),
        "cancelled": False,
    }


def test_json_holds_analytics():
    analytics = read(made.view(1))["analytics"]

    assert analytics["months"][1] == {
        "month": "2024-02-01",
        "orders": 1,
        "spent": Decimal("37.25"),
    }
    assert analytics["statuses"] == {
        "cancelled": 2,
        "completed": 14,
        "pending": 1,
        "shipped": 3,
    }
    assert [product["sku"] for product in analytics["products"]] == [
        sku for sku, _, _ in made.WARES
    ]


def test_json_keeps_the_digits_of_decimals():
    text = b"".join(body(made.view(1))).decode()

    assert '"purchaseFrequency":1.2500,' in text
    assert '"unitPrice":2.5500,' in text


def test_json_leaves_out_what_is_not_asked_for():
    view = made.bare()

    assert list(read(view)) == [*PARTS[:5], "withheld"]


def test_json_names_what_is_withheld():
    profile = replace(made.PROFILE, registered_at=None, email=None)

    data = read(made.view(1, profile=profile, withheld=("profile.registered_at",)))

    assert data["withheld"] == ["profile.registeredAt"]
    assert data["profile"]["registeredAt"] is None
    assert data["profile"]["email"] is None


def test_json_of_any_number_of_orders_is_whole():
    counts = [0, 1, 199, 200, 201, 401]

    numbers = [len(read(made.view(count, lines=0))["orders"]) for count in counts]

    assert numbers == counts


def test_json_writes_orders_as_they_come():
    asked = []

    def coming():
        for number in range(1000):
            asked.append(number)
            yield made.order(number)

    parts = body(made.view(0, orders=coming(), orders_found=1000))
    head, first = next(parts), next(parts)

    assert head.endswith(b'"orders":[')
    assert first.count(b'"number"') == len(asked) == 200


def test_json_is_framed_by_who_exported_it_and_when():
    kept = b"".join(body(made.view(1)))

    document = json.loads(b"".join(framed([kept], export=EXPORT)))

    assert list(document) == ["exportMetadata", "customerData"]
    assert document["exportMetadata"] == {
        "exportedBy": {"id": "17", "name": "Grace Hopper"},
        "exportedAt": "2026-11-21T09:00:00.000000+00:00",
        "customerId": str(made.ID),
        "format": "json",
        "options": {"includeOrders": True, "orderLimit": 100},
    }
    assert document["customerData"] == json.loads(kept)


def test_camel_joins_words():
    names = ["id", "ordered_at", "days_since_last_purchase", "notes.created_at"]

    assert [camel(name) for name in names] == [
        "id",
        "orderedAt",
        "daysSinceLastPurchase",
        "notes.createdAt",
    ]
