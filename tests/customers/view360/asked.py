"""Short ways to ask for a view: everything, unless a test says otherwise."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from django.db import connections
from django.test.utils import CaptureQueriesContext

from customers.clearance import Clearance
from customers.models import Customer
from customers.view360 import open_view, read
from customers.view360.shape import Sections, View
from tests import make

BOTH = ["default", "snapshot"]


def sections(**asked: Any) -> Sections:
    return Sections(**({"analytics": True} | asked))


def view(of: Customer, **options: Any) -> View:
    """Of its own business, at noon of ``make.NOW``, with the clearance for all."""
    asked = {name: options.pop(name) for name in list(options) if name in SECTIONS}
    return read(of.pk, **(usual(of) | {"sections": sections(**asked)} | options))


def opened(of: Customer, **asked: Any) -> AbstractContextManager[View]:
    return open_view(of.pk, **(usual(of) | {"sections": sections(**asked)}))


def usual(of: Customer) -> dict[str, Any]:
    return {
        "business_ids": frozenset({of.business_id}),
        "clearance": Clearance.SENSITIVE,
        "now": make.NOW,
    }


def statements(captured: Iterable[dict[str, str]]) -> list[str]:
    """What was read; not how the transaction began and ended."""
    return [query["sql"] for query in captured if "FROM" in query["sql"]]


def capturing() -> CaptureQueriesContext:
    return CaptureQueriesContext(connections["snapshot"])


SECTIONS = {"orders", "notes", "tags", "analytics", "since", "order_limit"}
