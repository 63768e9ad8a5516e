"""Limits over HTTP: what counts under which, what every answer tells of it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from time import time

import pytest
from django.db import connections

from tests import make
from tests.exports.views.asking import (
    BOTH,
    body,
    client,
    error,
    export,
    signed_in,
    spec,
    with_text,
)

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("theirs"),
]
HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining")


@pytest.fixture
def limit(settings):
    def set_to(**limits: int) -> None:
        named = {f"LIMIT_{name.upper()}": value for name, value in limits.items()}
        settings.EXPORTS = settings.EXPORTS | named

    return set_to


def told(answer):
    return tuple(int(answer[name]) for name in HEADERS)


def test_each_kind_has_its_own_limit(mine, limit):
    limit(exports=50, jobs=10, downloads=200, other=600)
    caller = client(mine)
    made = export(caller, mine)
    job = caller.post("/v1/export/jobs", spec(mine), format="json")
    file = caller.get(f"/v1/export/files/{made['export_id']}")
    body(file)

    assert {
        "exports": told(caller.post("/v1/export", spec(mine), format="json")),
        "jobs": told(job),
        "downloads": told(file),
        "manifest": told(caller.get(f"/v1/export/files/{made['export_id']}/manifest")),
        "other": told(caller.get("/v1/export/types")),
        "job": told(caller.get(f"/v1/export/jobs/{job.json()['job_id']}")),
    } == {
        "exports": (50, 48),
        "jobs": (10, 9),
        "downloads": (200, 199),
        "manifest": (200, 198),
        "other": (600, 599),
        "job": (600, 598),
    }


def test_refusal_says_when_to_come_back(mine, limit):
    limit(jobs=1)
    caller = client(mine)
    began = time()
    caller.post("/v1/export/jobs", spec(mine), format="json")

    answer = caller.post("/v1/export/jobs", spec(mine), format="json")

    taken = time() - began
    assert error(answer) == (429, "RATE_LIMIT_EXCEEDED", [])
    assert told(answer) == (1, 0)
    assert 60 - taken <= int(answer["Retry-After"]) <= 61
    assert 60 <= int(answer["X-RateLimit-Reset"]) - began <= 61 + taken


def test_wrong_requests_count_and_tell(mine, limit):
    limit(exports=2, other=2)
    caller = client(mine)

    answers = [
        caller.post("/v1/export", {"business_id": "x"}, format="json"),
        caller.post("/v1/export", "{", content_type="application/json"),
        caller.post("/v1/export", spec(mine), format="json"),
        caller.get("/v1/export/jobs/nonesuch"),
        caller.put("/v1/export", {}, format="json"),
    ]

    assert [(answer.status_code, told(answer)) for answer in answers] == [
        (404, (2, 1)),
        (400, (2, 0)),
        (429, (2, 0)),
        (404, (2, 1)),
        (405, (2, 0)),
    ]


def test_stream_tells_too(mine):
    answer = client(mine).post(
        "/v1/export", spec(mine, delivery="inline"), format="json"
    )
    body(answer)

    assert (answer.status_code, told(answer)) == (200, (50, 49))


def test_who_is_not_known_is_not_counted(mine):
    answer = with_text("no").get("/v1/export/types")

    assert (answer.status_code, "X-RateLimit-Limit" in answer) == (401, False)


def test_keys_do_not_use_up_each_others_limit(mine, limit):
    limit(other=1)
    one, other = client(mine), client(mine)

    answers = [each.get("/v1/export/types") for each in (one, one, other)]

    assert [answer.status_code for answer in answers] == [200, 429, 200]


def test_staff_are_counted_by_user(mine, limit):
    limit(other=1)
    user = make.staff(of=mine)

    answers = [signed_in(user).get("/v1/export/types") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]


def test_link_counts_by_its_export(mine, limit):
    caller = client(mine)
    one, other = export(caller, mine), export(caller, mine)
    limit(downloads=1)
    stranger = client()
    stranger.credentials()

    forged = stranger.get(one["file_url"] + "x")
    answers = [stranger.get(each["file_url"]) for each in (one, one, other)]

    for answer in answers:
        body(answer)
    assert (forged.status_code, "X-RateLimit-Limit" in forged) == (403, False)
    assert [answer.status_code for answer in answers] == [200, 429, 200]


def test_threads_with_many_keys_get_exactly_the_limit(mine, limit):
    limit(other=3)
    callers = [client(mine) for _ in range(10)]

    def ask(number: int):
        try:
            return number % 10, callers[number % 10].get("/v1/export/types").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = Counter(pool.map(ask, range(60)))

    assert answers == {
        (number, status): 3 for number in range(10) for status in (200, 429)
    }
