"""A schedule of another business, beside those that a test is about."""

import pytest

from templates_app.models import Schedule
from tests import make
from tests.templates_app.schedules_made import schedule


@pytest.fixture
def others(mine) -> Schedule:
    """Its runs must not be counted."""
    return schedule(make.business("business_other"), cron="15 * * * *")
