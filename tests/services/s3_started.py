"""A private S3 for a module's tests."""

from collections.abc import Iterator

import pytest

from tests.services.s3 import S3, s3


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with s3() as running:
        yield running
