"""Staff who ask for reports, and what an answer holds."""

import json
from typing import Any, Final
from uuid import UUID

from rest_framework.test import APIClient

from customers.models import AuditEvent, Customer
from tests import make
from tests.exports.views.asking import body, with_text

UNKNOWN: Final = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def token_client(role: str = "manager", of: Any = None, **staff: Any) -> APIClient:
    """A program with the token of somebody who has this role."""
    return with_text(make.staff_token(make.staff(role, of, **staff))[1])


def url(customer: Customer | UUID | str, **query: Any) -> str:
    key = customer.pk if isinstance(customer, Customer) else customer
    given = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/api/admin/customers/{key}/export" + (f"?{given}" if given else "")


def get(of: APIClient, customer: Customer | UUID | str, **query: Any) -> Any:
    """An answer, read to its end: ``body`` is what it had."""
    query.setdefault("format", "json")
    answer = of.get(url(customer, **query))
    answer.body = body(answer)
    return answer


def told(answer: Any) -> dict[str, Any]:
    """The customer's data of a JSON answer."""
    assert answer.status_code == 200, answer.body
    return dict(json.loads(answer.body)["customerData"])


def refusal(answer: Any) -> tuple[int, str, str]:
    found = json.loads(answer.content)
    return answer.status_code, found["code"], found["error"]


def deeds() -> list[tuple[Any, ...]]:
    """Outcome and what was noted of each export and refusal, oldest first."""
    events = AuditEvent.objects.filter(action="customer.export").order_by("at", "id")
    return [
        (each.outcome, each.details.get("cache") or each.details["code"])
        for each in events
    ]
