"""One installation of each kind to be broken: leases are short, its data is long."""

from collections.abc import Iterator

import pytest

from tests.journeys import stacks
from tests.journeys.clients import Client, charlie
from tests.journeys.reports import pytest_runtest_makereport
from tests.journeys.stacks import Stack

__all__ = ["charlie", "pytest_runtest_makereport"]

KNOBS = {
    "lease_seconds": "4",
    "heartbeat_seconds": "1",
    "progress_seconds": "0.1",
    "reap_seconds": "1",
    "inline_idle_seconds": "2",
}


@pytest.fixture(scope="session", params=stacks.wanted())
def stack(request) -> Iterator[Stack]:
    with stacks.running(request.param, **KNOBS) as running:
        for business, count in (("business_123", 40_000), ("charlie", 10)):
            running.manage("create_business", business)
            arguments = ["--companies", "20", "--verifications", str(count)]
            running.manage("demo_data", "--business", business, *arguments)
        yield running


@pytest.fixture(scope="session")
def client(stack) -> Client:
    return Client(stack.url, stack.key("business_123"), "business_123")
