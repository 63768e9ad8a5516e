"""Bodies that are kept: built once, taken over from the dead; or done without."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic, sleep
from uuid import uuid4

import pytest
from django.core.cache import cache as store
from redis.exceptions import ConnectionError as RedisAway

from exports.customer360 import cache


@pytest.fixture
def key():
    return f"customer-360:{uuid4()}"


@pytest.fixture
def soon(monkeypatch):
    """Leases end after a second."""
    monkeypatch.setattr(cache, "LEASE_SECONDS", 1)


@pytest.fixture(autouse=True)
def _there(monkeypatch):
    monkeypatch.setattr(cache, "_health", type(cache._health)())  # noqa: SLF001 -- of the process


def built(key: str, builds: list[int], *, seconds: float = 0.0) -> bytes:
    place = cache.look(key)
    if place.found is not None:
        return place.found
    builds.append(1)
    sleep(seconds)
    place.keep(b"body")
    return b"body"


def test_what_is_kept_is_found_for_five_minutes(key):
    cache.look(key).keep(b"body")

    assert cache.look(key) == cache.Place(key, b"body")
    assert store.get(f"{key}:lock") is None
    assert cache.SECONDS == 300


def test_fifty_misses_at_once_build_one(key):
    builds: list[int] = []
    barrier = Barrier(50)

    def ask(_: int) -> bytes:
        barrier.wait()
        return built(key, builds, seconds=0.2)

    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(ask, range(50)))

    assert (found, builds) == ([b"body"] * 50, [1])


def test_dead_builder_is_taken_over(key, soon):
    builds: list[int] = []
    began = monotonic()
    cache.look(key)  # and never comes back

    assert built(key, builds) == b"body"
    assert builds == [1]
    assert monotonic() - began >= 0.9


def test_builder_whose_lease_ran_out_leaves_the_next_ones_lock(key, soon, monkeypatch):
    slow = cache.look(key)
    monkeypatch.setattr(cache, "LEASE_SECONDS", 60)
    quick = cache.look(key)

    slow.keep(b"slow")

    assert store.get(f"{key}:lock") == quick.token


def test_who_waits_for_what_is_not_kept_builds_at_once(key):
    first = cache.look(key)
    with ThreadPoolExecutor(5) as pool:
        waiting = [pool.submit(cache.look, key) for _ in range(5)]
        first.give_up()
        places = [each.result(timeout=60) for each in waiting]

    assert places == [cache.Place(key)] * 5


def test_after_a_failure_the_next_body_is_kept_again(key):
    cache.look(key).give_up()

    cache.look(key).keep(b"body")

    assert cache.look(key).found == b"body"
    assert store.get(f"{key}:lock") is None


@pytest.mark.parametrize(("size", "is_kept"), [(0, True), (1, False)])
def test_item_has_ten_mebibytes_at_most(key, size, is_kept):
    body = b"x" * (10_485_760 + size)

    cache.look(key).keep(body)

    assert (cache.look(key).found == body) is is_kept


def test_while_the_cache_is_away_everybody_builds(key, monkeypatch, caplog):
    def away(*args, **kwargs):
        asked.append(1)
        raise RedisAway("gone")

    asked: list[int] = []
    for name in ("get", "set", "add", "delete"):
        monkeypatch.setattr(store, name, away, raising=False)

    builds: list[int] = []
    found = [built(key, builds) for _ in range(3)]

    assert (found, len(builds), len(asked)) == ([b"body"] * 3, 3, 1)
    assert [each.getMessage() for each in caplog.records] == [
        "the cache is away (ConnectionError): reports are built each time"
    ]


def test_cache_is_asked_again_after_a_while(key, monkeypatch):
    monkeypatch.setattr(cache._health, "away_until", monotonic() - 1)  # noqa: SLF001 -- as if it had been away

    cache.look(key).keep(b"body")

    assert cache.look(key).found == b"body"
