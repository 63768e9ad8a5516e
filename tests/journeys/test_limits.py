"""Limits over HTTP: exactly what is allowed goes through, over all processes."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic, sleep

import pytest
import requests

from tests.journeys.stacks import SERVERS
from tests.journeys.webs import another_web, keys_of

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]

THREADS, KEYS, CALLS, LIMIT = 100, 20, 4, 7


@pytest.fixture(scope="module")
def address(stack):
    # Without Redis each process counts for itself.
    workers = ("--workers", "2" if stack.name == SERVERS else "1")
    with another_web(stack, *workers, knobs={"limit_templates": str(LIMIT)}) as url:
        yield f"{url}/v1/export/templates?limit=1"


def call(address, key):
    headers = {"Authorization": f"Bearer {key}"}
    return requests.get(address, headers=headers, timeout=60)


def storm(address, keys):
    """By key, what all threads together were answered: five threads to a key."""
    barrier, answers = Barrier(THREADS), defaultdict(list)

    def ask(number):
        key = keys[number % KEYS]
        barrier.wait()
        for _ in range(CALLS):
            answers[key].append(call(address, key))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(ask, range(THREADS)))
    return answers


def statuses(answers):
    return {
        key: sorted(answer.status_code for answer in each)
        for key, each in answers.items()
    }


def test_exactly_the_limit_is_let_through(stack, address):
    keys = keys_of(stack, "business_123", KEYS)

    answers = storm(address, keys)

    many = THREADS // KEYS * CALLS
    expected = [200] * LIMIT + [429] * (many - LIMIT)
    assert statuses(answers) == dict.fromkeys(keys, expected)
    for each in answers.values():
        let = [answer for answer in each if answer.status_code == 200]
        left = sorted(int(answer.headers["X-RateLimit-Remaining"]) for answer in let)
        # Of two at once, both may be told of what is left after both.
        assert all(place >= told for place, told in enumerate(left))
        refused = [answer for answer in each if answer.status_code == 429]
        waits = {int(answer.headers["Retry-After"]) for answer in refused}
        assert waits <= set(range(1, 62))
        assert {answer.headers["X-RateLimit-Remaining"] for answer in refused} == {"0"}


@pytest.mark.slow
def test_retry_after_is_true_and_every_window_has_its_limit(stack, address):
    keys = keys_of(stack, "business_123", KEYS)
    began = monotonic()
    first = storm(address, keys)
    took = monotonic() - began

    waits = {key: call(address, key).headers["Retry-After"] for key in keys}
    sleep(max(int(wait) for wait in waits.values()))
    again = {key: call(address, key).status_code for key in keys}
    sleep(took + 1)  # now all of the first window are over, and one has been used
    second = storm(address, keys)

    many = THREADS // KEYS * CALLS
    assert statuses(first) == dict.fromkeys(
        keys, [200] * LIMIT + [429] * (many - LIMIT)
    )
    assert again == dict.fromkeys(keys, 200)
    expected = [200] * (LIMIT - 1) + [429] * (many - LIMIT + 1)
    assert statuses(second) == dict.fromkeys(keys, expected)
