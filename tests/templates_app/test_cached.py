"""A read is cached, and a change is seen at once."""

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from redis.exceptions import RedisError

from templates_app import cached, changes
from templates_app.models import ExportTemplate
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shared(settings):
    """To one process, its own memory is as good as a cache that others share."""
    settings.REDIS_URL = settings.REDIS_URL or "redis://its-memory"


@pytest.fixture
def mine():
    business = make.business("business_mine")
    create(business, "good_ones")
    return business.id


def create(business, slug, name="First"):
    body = {"business_id": business.id, "id": slug, "name": name}
    body |= {"type": "verifications", "format": "csv"}
    changes.create(body, actor=make.SYSTEM, now=timezone.now())


def rename(business_id, name):
    changes.amend(
        "good_ones",
        {"name": name},
        actor=make.SYSTEM,
        business_id=business_id,
        now=timezone.now(),
    )


def read(business_id):
    found = cached.own(business_id, "good_ones")
    return found and found.name


def test_second_read_asks_no_database(mine, django_assert_num_queries):
    first = cached.own(mine, "good_ones")

    with django_assert_num_queries(0):
        assert cached.own(mine, "good_ones") == first


def test_every_change_is_seen_at_once(mine):
    for number in range(20):
        rename(mine, f"Name {number}")

        assert [read(mine), read(mine)] == [f"Name {number}"] * 2

    changes.delete("good_ones", actor=make.SYSTEM, business_id=mine)
    assert read(mine) is None


def test_template_made_again_is_seen_at_once(mine):
    read(mine)
    changes.delete("good_ones", actor=make.SYSTEM, business_id=mine)
    read(mine)

    create(make.business(mine), "good_ones", "Second")

    assert read(mine) == "Second"


def test_reader_who_is_slower_than_a_change_leaves_nothing_old(mine, monkeypatch):
    stored = cached._stored  # noqa: SLF001 -- a reader is held there

    def slow(business_id, template_id):
        found = stored(business_id, template_id)
        monkeypatch.setattr(cached, "_stored", stored)
        rename(business_id, "Second")
        return found

    monkeypatch.setattr(cached, "_stored", slow)

    assert read(mine) == "First"  # it began before the change
    assert read(mine) == "Second"


def test_nothing_is_kept_between_a_change_and_its_commit(mine):
    read(mine)
    with transaction.atomic():
        rename(mine, "Second")
        with CaptureQueriesContext(connection) as asked:
            read(mine)
            read(mine)

    assert len(asked) == 2
    assert read(mine) == "Second"


def test_change_that_is_undone_is_not_seen(mine):
    read(mine)
    with transaction.atomic():
        rename(mine, "Second")
        read(mine)
        transaction.set_rollback(True)

    assert read(mine) == "First"


def test_without_a_cache_the_database_tells(mine, monkeypatch):
    def away(*args, **kwargs):
        raise RedisError

    for name in ("get", "set", "add"):
        monkeypatch.setattr(cache, name, away)
    rename(mine, "Second")

    assert read(mine) == "Second"


def test_without_redis_each_read_asks_the_database(
    mine, settings, django_assert_num_queries
):
    settings.REDIS_URL = ""

    for _ in range(2):
        with django_assert_num_queries(1):
            assert read(mine) == "First"


def test_business_reads_none_of_anothers(mine):
    other = make.business("business_other")
    read(mine)

    assert cached.own(other.id, "good_ones") is None
    assert ExportTemplate.objects.for_business(other.id).count() == 0
