"""One installation of each kind for all journeys, with two businesses in it."""

from collections.abc import Iterator

import pytest

from tests.journeys import stacks
from tests.journeys.clients import Client, charlie
from tests.journeys.reports import pytest_runtest_makereport
from tests.journeys.stacks import Stack
from tests.journeys.staff import Staffed, staffed

__all__ = ["charlie", "pytest_runtest_makereport"]

# Webhooks may lead to receivers of the tests, and waiting is short.
LOCAL = {
    "webhook_networks": "127.0.0.0/8",
    "webhook_allow_http": "true",
    "webhook_timeout_seconds": "1",
    "delivery_retry_seconds": "0.2,0.5,0.5,0.5",
}
VERIFICATIONS = {"business_123": 1200, "charlie": 300}


@pytest.fixture(scope="session", params=stacks.wanted())
def stack(request) -> Iterator[Stack]:
    with stacks.running(request.param, **LOCAL, reap_seconds="1") as running:
        fill(running)
        if "QUERY_DATABASE_URL" in running.env:
            running.manage("setup_query_role")
        yield running


def fill(empty: Stack) -> None:
    """Two businesses, each with its own rows."""
    for business, count in VERIFICATIONS.items():
        empty.manage("create_business", business)
        arguments = ["--companies", "12", "--verifications", str(count)]
        empty.manage("demo_data", "--business", business, *arguments)


@pytest.fixture(scope="session")
def client(stack) -> Client:
    key = stack.key("business_123", more=",custom_query")
    return Client(stack.url, key, "business_123")


@pytest.fixture(scope="session")
def people(stack) -> Staffed:
    return staffed(stack)


@pytest.fixture(scope="session", params=stacks.wanted())
def fragile(request) -> Iterator[Stack]:
    """One whose parts are taken away, and whose bounds are small."""
    knobs = {"inline_max_seconds": "1", "immediate_max_rows": "50"}
    with stacks.running(request.param, reap_seconds="1", **knobs) as running:
        for business in ("business_123", "charlie"):
            running.manage("create_business", business)
            arguments = ["--companies", "3", "--verifications", "60"]
            running.manage("demo_data", "--business", business, *arguments)
        yield running


@pytest.fixture(scope="session")
def fragile_client(fragile) -> Client:
    return Client(fragile.url, fragile.key("business_123"), "business_123")
