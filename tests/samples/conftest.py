"""The journeys' installation, and a place in front of it where connections suffer."""

from collections.abc import Iterator

import pytest

from tests.journeys.conftest import client, pytest_runtest_makereport, stack
from tests.samples.troubles import Troubles

__all__ = ["client", "pytest_runtest_makereport", "stack"]


@pytest.fixture
def troubles(stack) -> Iterator[Troubles]:
    with Troubles(stack.url) as between:
        yield between
