"""What tests of limits share: a clock to set, and a Redis."""

import os
from collections.abc import Iterator

import pytest

from tests.exports.clocks import Clock
from tests.services.redis import redis


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield given
    else:
        with redis() as url:
            yield url
