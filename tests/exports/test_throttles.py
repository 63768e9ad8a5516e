"""Sliding windows: of one process, and of several through Redis."""

import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic, sleep
from uuid import uuid4

import pytest
from redis import Redis

from exports import throttles
from exports.throttles import WINDOW, Local, Shared
from tests.exports.clocks import Clock


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """A Redis that a busy machine keeps waiting has not gone."""
    monkeypatch.setattr(throttles, "_PATIENCE", 30)


@pytest.fixture
def dead_redis():
    """The URL of a port on which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{bound.getsockname()[1]}/0"


def test_window_slides(clock):
    local = Local(clock)
    let_through = []

    for second in range(130):
        clock.now = 1000.0 + second
        if local.hit("k", 2).allowed:
            let_through.append(second)

    assert let_through == [0, 1, 60, 61, 120, 121]


def test_verdict_tells_what_is_left_and_when_it_frees_up(clock):
    local = Local(clock)
    local.hit("k", 2)
    clock.now = 1010.5

    second, refused = local.hit("k", 2), local.hit("k", 2)

    assert (second.allowed, second.headers) == (
        True,
        {
            "X-RateLimit-Limit": "2",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "1060",
        },
    )
    assert (refused.allowed, refused.retry_after) == (False, 50)


@pytest.mark.parametrize("moment", [1000.0, 1000.4, 1030.0, 1059.999])
def test_retry_after_is_true(clock, moment):
    local = Local(clock)
    local.hit("k", 1)
    clock.now = moment
    wait = local.hit("k", 1).retry_after

    clock.now = moment + wait

    assert local.hit("k", 1).allowed
    assert wait - 1 <= 1000.0 + WINDOW - moment


def test_callers_do_not_use_up_each_others_limit(clock):
    local = Local(clock)

    assert [local.hit(key, 1).allowed for key in ("a", "b", "a", "b")] == [
        *(True, True),
        *(False, False),
    ]


def test_refusals_do_not_lengthen_the_wait(clock):
    local = Local(clock)
    local.hit("k", 1)
    for _ in range(100):
        local.hit("k", 1)
    clock.now = 1000.0 + WINDOW

    assert local.hit("k", 1).allowed


def test_callers_who_went_away_are_forgotten(clock):
    local = Local(clock)
    for number in range(100):
        local.hit(f"k{number}", 1)
    clock.now = 1000.0 + WINDOW

    local.hit("other", 1)

    assert set(local.hits) == {"other"}


def test_limit_of_nothing_refuses(clock):
    refused = Local(clock).hit("k", 0)

    assert (refused.allowed, refused.remaining, refused.retry_after) == (False, 0, 61)


def together(threads: int, act):
    """What ``act`` gives, called by so many threads at one moment."""
    barrier = Barrier(threads)

    def run(number: int):
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def test_process_lets_exactly_the_limit_through_at_once():
    local = Local()

    verdicts = together(50, lambda _: local.hit("k", 20).allowed)

    assert Counter(verdicts) == {True: 20, False: 30}


def test_limits_go_on_while_redis_is_away(settings, dead_redis, caplog):
    settings.REDIS_URL = dead_redis
    settings.EXPORTS = settings.EXPORTS | {"LIMIT_JOBS": 3}

    verdicts = [throttles.hit("jobs", "key:1").allowed for _ in range(5)]

    assert verdicts == [True, True, True, False, False]
    told = [record for record in caplog.records if record.name == "exports.throttles"]
    assert [record.getMessage() for record in told] == [
        "Redis is away (ConnectionError): limits are counted per process"
    ]


def test_redis_is_asked_again_after_a_while(dead_redis, redis_url, monkeypatch):
    now = Clock()
    monkeypatch.setattr(throttles, "monotonic", now)
    shared, key = Shared(dead_redis), str(uuid4())

    away = [shared.hit(key, 1)]
    back = Shared(redis_url)._script  # noqa: SLF001 -- as if at the same address
    monkeypatch.setattr(shared, "_script", back)
    away.append(shared.hit(key, 1))
    now.now += 5
    there = shared.hit(key, 1)

    assert away == [None, None]
    assert (there.allowed, there.remaining) == (True, 0)


def test_limit_holds_when_redis_stops_in_mid_run(settings, own_redis):
    settings.REDIS_URL, stop = own_redis
    who = str(uuid4())
    before = [throttles.hit("customer_360", who).allowed for _ in range(3)]

    stop()
    after = [throttles.hit("customer_360", who).allowed for _ in range(4)]

    assert (before, after) == ([True] * 3, [True, True, False, False])


def test_redis_that_came_back_empty_opens_nothing(settings, redis_url):
    settings.REDIS_URL, who = redis_url, str(uuid4())
    for _ in range(5):
        throttles.hit("customer_360", who)

    Redis.from_url(redis_url).delete(f"limit:customer_360:{who}")

    assert not throttles.hit("customer_360", who).allowed


def test_what_redis_refused_does_not_count_here(settings, redis_url):
    settings.REDIS_URL, who = redis_url, str(uuid4())
    other = Shared(redis_url)
    for _ in range(4):
        other.hit(f"customer_360:{who}", 5)

    verdicts = [throttles.hit("customer_360", who).allowed for _ in range(9)]

    assert verdicts == [True] + [False] * 8
    assert len(throttles.LOCAL.hits[f"customer_360:{who}"]) == 1


def test_processes_share_the_windows(redis_url):
    key = str(uuid4())
    one, other = Shared(redis_url), Shared(redis_url)

    verdicts = [each.hit(key, 3) for each in (one, other, one, other)]

    assert [(each.allowed, each.remaining) for each in verdicts] == [
        (True, 2),
        (True, 1),
        (True, 0),
        (False, 0),
    ]
    assert verdicts[-1].retry_after in {60, 61}


def test_hundred_threads_with_twenty_keys_get_exactly_the_limit(redis_url):
    shared, run = Shared(redis_url), uuid4()

    def act(number: int):
        key = number % 20
        return [key for _ in range(4) if shared.hit(f"{run}:{key}", 7).allowed]

    let_through = Counter(key for keys in together(100, act) for key in keys)

    assert let_through == dict.fromkeys(range(20), 7)


@pytest.mark.slow
def test_exactly_the_limit_is_let_through_in_every_window(redis_url):
    shared, run, end = Shared(redis_url), uuid4(), monotonic() + 18

    def act(number: int):
        key, times = number % 20, []
        while monotonic() < end:
            verdict = shared.hit(f"{run}:{key}", 25, seconds=4)
            if verdict.allowed:
                times.append((key, verdict.frees_at))
            sleep(0.05)
        return times

    hits = [hit for hits in together(100, act) for hit in hits]

    # Five windows of four seconds begin within eighteen.
    assert Counter(key for key, _ in hits) == dict.fromkeys(range(20), 5 * 25)
