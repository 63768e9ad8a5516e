"""Webhooks as rows, for tests of what is sent to them."""

from typing import Any

from customers.models import Business
from exports import secrets, webhooks
from exports.models import Delivery, Webhook
from tests import make


def webhook(of: Business, url: str = "https://example.com/hook", **body: Any):
    """One and its secret."""
    wanted = {"business_id": of.id, "url": url} | body
    return webhooks.create(wanted, actor=make.SYSTEM, now=make.NOW)


def secret_of(made: Webhook) -> str:
    return secrets.unwrap(made.wrapped_secret, purpose=made.purpose)


def told(business: Business) -> list[tuple[str, str]]:
    """Event and target of what is or was on its way."""
    rows = Delivery.objects.for_business(business.id).order_by("id")
    return list(rows.values_list("event", "target"))
