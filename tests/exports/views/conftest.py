"""A program with a key of the business that a test is about."""

import pytest
from rest_framework.test import APIClient

from tests.exports.views.asking import client


@pytest.fixture
def caller(mine) -> APIClient:
    return client(mine)
