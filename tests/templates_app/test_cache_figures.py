"""Reads of the template cache are counted."""

import pytest
from django.utils import timezone

from templates_app import cached, changes
from tests import make
from tests.exports.metrics.reading import figures, grown

pytestmark = pytest.mark.django_db(transaction=True)


def test_reads_count_as_hit_or_miss(settings):
    # The tests' own cache takes its place: nobody connects to it here.
    settings.REDIS_URL = "redis://shared"
    business = make.business()
    body = {"business_id": business.id, "id": "mine_one", "name": "T"}
    body |= {"type": "reports", "format": "csv"}
    changes.create(body, actor=make.SYSTEM, now=timezone.now())
    before = figures()

    for _ in range(3):
        cached.own(business.id, "mine_one")

    assert grown(before, figures(), "kyb_cache_reads_total") == {
        ("templates", "hit"): 2,
        ("templates", "miss"): 1,
    }
