"""What all tests share: registered tasks, no cache, no hits, closed connections.

And whom they are about, where files lie, a Redis to be stopped: for those that ask.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.core.cache import cache, caches
from django.db import connection, connections
from hypothesis import settings
from pytest_django.plugin import DjangoDbBlocker

from customers.models import Business
from exports import throttles
from kyb_export.celery import app
from tests import emptying, make
from tests.exports.stored import storage
from tests.services.redis import redis

# The same examples on every run; the long form looks for new ones.
settings.register_profile("quick", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("full", max_examples=2000, deadline=None)
settings.load_profile("quick")

# A task is found by its name only once it is registered.
app.autodiscover_tasks(force=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--only-with-database",
        action="store_true",
        help="leave out the tests that would be the same over another database",
    )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    if config.getoption("--only-with-database"):
        config.hook.pytest_deselected(
            items=[item for item in items if not _has_database(item)]
        )
        items[:] = filter(_has_database, items)


def pytest_collection_finish() -> None:
    # Modules and tests are there to the end: to look through them again and again took
    # a fifteenth of the time.
    gc.freeze()
    gc.set_threshold(20_000, 10, 50)


def _has_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db")) or not fixtures.isdisjoint(
        {"db", "transactional_db", "redis_url", "tested_url"}
    )


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    # A journey's processes may have their broker in the same Redis.
    if request.node.get_closest_marker("journey") is None:
        cache.clear()
        caches["guard"].clear()
        throttles.LOCAL.forget()


@pytest.fixture
def mine() -> Business:
    """The business that a test is about."""
    return make.business("business_mine", name="Mine")


@pytest.fixture
def theirs() -> Business:
    """Another, of which nothing may be seen."""
    return make.business("business_theirs", name="Theirs")


@pytest.fixture
def root(settings, tmp_path) -> Path:
    """Where files lie, while the test runs."""
    return storage(settings, tmp_path)


@pytest.fixture
def own_redis() -> Iterator[tuple[str, Callable[[], None]]]:
    """A server that may be stopped: its URL, and what stops it."""
    stack = ExitStack()
    with stack:
        yield stack.enter_context(redis()), stack.close


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with django_db_blocker.unblock():
        emptying.replace_flush()
    yield
    with django_db_blocker.unblock():
        # PostgreSQL drops no database that is in use, and a live server's threads may
        # still hold theirs.
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        connections.close_all()
