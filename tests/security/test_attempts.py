"""Random attempts to reach another business, in process: nothing of it gets out."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tests.exports.stored import storage
from tests.exports.views.asking import BOTH, body
from tests.journeys.documented import OPERATIONS
from tests.logged import logged
from tests.security import marked, world
from tests.security.answers import Answer
from tests.security.attempts import ABSENT, VERBS, attempts, shown
from tests.security.kept import cached
from tests.security.world import UNLIMITED

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
# Each kind of deployment meets half of the hundred thousand.
SEEDS = range(100 + (connection.vendor == "postgresql"), 120, 2)
LIMITS = ("EXPORTS", "JOBS", "TEMPLATES", "DOWNLOADS", "OTHER")


@pytest.fixture
def there(settings, tmp_path):
    storage(settings, tmp_path)
    lifted = {f"LIMIT_{kind}": UNLIMITED for kind in LIMITS}
    lifted |= {"RATE_LIMIT_MAX": UNLIMITED, "BULK_RATE_LIMIT_MAX": UNLIMITED}
    lifted |= {"MAX_ACTIVE_JOBS_PER_BUSINESS": UNLIMITED}
    lifted |= {"WEBHOOK_NETWORKS": "127.0.0.0/8"}
    settings.EXPORTS = settings.EXPORTS | lifted
    made = world.build()
    cache.clear()
    return made


def answer(caller, attempt) -> Answer:
    found = caller.generic(
        attempt.method,
        attempt.address,
        attempt.body or "",
        content_type="application/json",
        headers=dict(attempt.headers),
    )
    return Answer(found.status_code, dict(found.headers), body(found))


def compared(there, attempt) -> list[str]:
    """What is wrong with the answers to one attempt."""
    caller = there.callers[attempt.caller]
    pair = [
        answer(caller, attempt.with_ids(ids, there.mine))
        for ids in (there.theirs, ABSENT)
    ]
    wrong = [
        f"{attempt}: {mark}"
        for each in pair
        for content in each.everything()
        for mark in [*marked.found(content), *leaked(there, content)]
    ]
    said = [
        each.said(shown(ids, there.mine))
        for each, ids in zip(pair, (there.theirs, ABSENT), strict=True)
    ]
    is_refused = any(each.status >= 400 for each in pair)
    if is_refused and attempt.reaches_out and said[0] != said[1]:
        wrong.append(f"{attempt}: {said[0]} is not {said[1]}")
    if pair[0].status >= 500 and pair[0].status != 503:
        wrong.append(f"{attempt}: {pair[0]}")
    return wrong


def leaked(there, content: bytes) -> list[str]:
    return [each for each in there.secrets if each.encode() in content]


def left(there, log) -> list[str]:
    """Marks that the attempts have left behind."""
    figures = Client().get("/metrics").content
    places = {"log": log.text.encode(), "cache": cached(cache), "metrics": figures}
    return [
        f"{mark} in {place}"
        for place, content in places.items()
        for mark in [*marked.found(content), *leaked(there, content)]
    ]


def wrongs(there, seed: int, count: int) -> list[str]:
    made = attempts(seed, count, list(there.callers))
    with logged() as log:
        wrong = [each for attempt in made for each in compared(there, attempt)]
    return wrong + left(there, log)


def test_attempts_find_nothing(there):
    assert wrongs(there, 1, 200) == []


@pytest.mark.slow
@pytest.mark.security
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", SEEDS)
def test_many_attempts_find_nothing(there, seed):
    blocks = range(seed * 1000, seed * 1000 + 10)

    assert [each for block in blocks for each in wrongs(there, block, 500)] == []


@pytest.mark.parametrize("kind", ["business", "job", "export", "template", "schedule"])
def test_its_own_key_finds_the_marks(there, kind):
    addresses = {
        "business": f"/v1/export/audit?business_id={there.theirs['business']}",
        "job": f"/v1/export/jobs/{there.theirs['job']}",
        "export": f"/v1/export/files/{there.theirs['export']}",
        "template": f"/v1/export/templates/{there.theirs['template']}",
        "schedule": f"/v1/export/schedules/{there.theirs['schedule']}",
    }

    found = body(there.owner.get(addresses[kind]))

    assert marked.found(found) == [marked.MARK]


def test_attempts_meet_every_operation_verb_and_caller():
    callers = ["a", "b"]
    made = list(attempts(1, 20_000, callers))

    assert {(each.operation, each.caller) for each in made} == {
        (name, caller) for name in OPERATIONS for caller in callers
    }
    assert {each.method for each in made} == set(VERBS)
    reaching = [each for each in made if each.reaches_out]
    kinds = {
        kind for each in reaching for kind in ABSENT if f"@id:{kind}:" in str(each)
    }
    assert kinds == set(ABSENT)


def test_attempts_of_a_seed_are_the_same_again():
    assert list(attempts(7, 200, ["a"])) == list(attempts(7, 200, ["a"]))


def test_ids_that_are_there_are_as_long_as_those_that_are_not(there):
    assert {kind: len(there.theirs[kind]) for kind in ABSENT} == {
        kind: len(text) for kind, text in ABSENT.items()
    }
