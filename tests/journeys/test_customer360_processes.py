"""Several web processes that share a Redis, or one alone: built once, limited exactly.

Clocks run here: the time of a request is known as the span from its sending to its
answer, and a verdict is wrong when no moment of the spans could explain it.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import cycle
from random import Random
from threading import Barrier
from time import monotonic, sleep
from typing import Final

import pytest

from tests.journeys.stacks import SERVERS
from tests.journeys.staff import MINE
from tests.journeys.webs import another_web

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]

PROCESSES: Final = 4
WINDOW: Final = 4.0
"""Seconds, into which more than five requests of one caller fit."""
LIMIT: Final = 5
BURST: Final = 6
"""Requests of each schedule before the first that waits."""
STEPS: Final = (0, 0, 0, 0, 0.1, 0.2, 0.45, 0.9, 0.97, 1, 1.03)
"""Parts of a window between one request and the next."""


@pytest.fixture(scope="module")
def webs(stack) -> Iterator[list[str]]:
    """Addresses of processes; without Redis one is all that there may be."""
    count = PROCESSES if stack.name == SERVERS else 1
    knobs = {"rate_limit_window_ms": str(round(WINDOW * 1000))}
    with ExitStack() as started, ThreadPoolExecutor(count) as pool:
        yield list(
            pool.map(
                lambda _: started.enter_context(another_web(stack, knobs=knobs)),
                range(count),
            )
        )


def path_of(people, **query: str) -> str:
    given = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/api/admin/customers/{people.customers[MINE][0]}/export?{given}"


@pytest.mark.parametrize("format_name", ["pdf", "xlsx"])
def test_fifty_misses_at_once_build_one(stack, people, webs, format_name):
    path = path_of(people, format=format_name, orderLimit="77")
    callers = [replace(people.with_token(), url=webs[n % len(webs)]) for n in range(50)]
    barrier = Barrier(len(callers))

    def ask(caller):
        barrier.wait()
        return caller.call("GET", path)

    with ThreadPoolExecutor(len(callers)) as pool:
        answers = list(pool.map(ask, callers))

    told = [answer.headers["X-Cache"] for answer in answers]
    assert Counter(told) == {"MISS": 1, "HIT": 49}
    assert len({answer.content for answer in answers}) == 1
    kept = stack.database.rows(
        "SELECT CAST(details AS text) FROM customers_auditevent"
        f" WHERE object_id = '{people.customers[MINE][0]}'"
    )
    mine = [text for (text,) in kept if f'"{format_name}"' in text and "77" in text]
    assert Counter("MISS" in text for text in mine) == {True: 1, False: 49}


@dataclass(frozen=True, slots=True)
class Answered:
    """The server decided at some moment between ``sent`` and ``got``."""

    sent: float
    got: float
    status: int


def schedule(people, webs: list[str], number: int) -> list[Answered]:
    """What one address was answered, whose requests come at random moments."""
    random, maya, path = (
        Random(number),
        people.with_token(),
        path_of(people, format="csv"),
    )
    urls, found = cycle(random.sample(webs, len(webs))), []
    steps = [0] * BURST + random.choices(STEPS, k=random.randint(2, 6))
    for step in steps:
        sleep(WINDOW * step)
        sent = monotonic()
        answer = maya.web.get(f"{next(urls)}{path}", headers=maya.headers, timeout=60)
        found.append(Answered(sent, monotonic(), answer.status_code))
    maya.web.close()
    return found


def unexplained(answers: list[Answered]) -> list[Answered]:
    """A sixth that was let through, or a fifth that was not."""
    let_through: list[Answered] = []
    wrong = []
    for each in answers:
        surely = sum(each.got - one.sent < WINDOW for one in let_through)
        perhaps = sum(each.sent - one.got < WINDOW for one in let_through)
        if each.status == 200:
            wrong += [each] if surely >= LIMIT else []
            let_through.append(each)
        else:
            wrong += [each] if perhaps < LIMIT else []
    return wrong


@pytest.mark.parametrize(
    "count",
    [12, pytest.param(1000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])],
)
def test_schedules_of_requests_are_answered_as_the_limit_says(people, webs, count):
    with ThreadPoolExecutor(min(count, 40)) as pool:
        made = pool.map(lambda number: schedule(people, webs, number), range(count))
        schedules = list(made)

    assert [wrong for each in schedules if (wrong := unexplained(each))] == []
    found = Counter(each.status for answers in schedules for each in answers)
    assert set(found) <= {200, 429}


@pytest.mark.parametrize(
    ("statuses", "wrong"),
    [
        ([200] * 5 + [429], []),
        ([200] * 6, [5]),
        ([200] * 4 + [429], [4]),
        ([200] * 5 + [429, 200], [6]),
    ],
)
def test_what_cannot_be_explained_is_found(statuses, wrong):
    """So the test above can fail."""
    answers = [
        Answered(0.1 * place, 0.1 * place + 0.05, status)
        for place, status in enumerate(statuses)
    ]

    assert unexplained(answers) == [answers[place] for place in wrong]
