"""One key makes one thing: whatever threads, and whatever kills, come between."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from uuid import uuid4

import pytest
import requests

from tests.journeys.clients import Client
from tests.journeys.webs import another_web, keys_of

pytestmark = pytest.mark.journey

# A web server that dies between the commit of what it made and the keeping of it.
KILLED = """
import os
import signal

from kyb_export.wsgi import application
from exports import idempotency

__all__ = ["application"]


def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)


idempotency.settle = die
"""
ITEM = {"export_type": "verifications", "format": "csv", "max_rows": 5}


def asked(kind, token):
    """Path, body, status, table and column that the token is found in."""
    mark = {"business_id": "business_123", "metadata": {"token": token}}
    template = {"business_id": "business_123", "id": token, "name": "T"}
    return {
        "job": ("jobs", ITEM | mark, 202, "exports_exportjob", "metadata"),
        "batch": (
            *("batches", {"exports": [ITEM, ITEM]} | mark, 202),
            *("exports_exportbatch", "metadata"),
        ),
        "template": (
            *("templates", template | {"type": "reports", "format": "csv"}, 201),
            *("templates_app_exporttemplate", "slug"),
        ),
    }[kind]


@pytest.fixture(scope="module")
def writer(stack):
    [key] = keys_of(stack, "business_123")
    return Client(stack.url, key, "business_123")


@pytest.fixture(scope="module")
def killed(stack, tmp_path_factory):
    """The address of a web server that never lives to answer."""
    folder = tmp_path_factory.mktemp("killed")
    (folder / "killed_application.py").write_text(KILLED)
    path = ("--pythonpath", str(folder))
    with another_web(stack, *path, application="killed_application") as url:
        yield url


@pytest.mark.parametrize("kind", ["job", "batch", "template"])
def test_what_a_killed_process_made_is_found_again(stack, writer, killed, kind):
    token, headers = f"t{uuid4().hex}", {"Idempotency-Key": str(uuid4())}
    path, body, status, table, column = asked(kind, token)
    path = f"/v1/export/{path}"

    with pytest.raises(requests.ConnectionError):
        writer.call("POST", f"{killed}{path}", json=body, headers=headers)
    answers = [writer.call("POST", path, json=body, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [status, status]
    assert [answer.headers["Idempotent-Replayed"] for answer in answers] == ["true"] * 2
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    found = stack.database.rows(
        f"SELECT count(*) FROM {table} WHERE CAST({column} AS text) LIKE '%{token}%'"
    )
    assert found == [(1,)]


def test_export_of_a_killed_process_is_answered_with_its_file(writer, killed):
    headers, body = {"Idempotency-Key": str(uuid4())}, writer.payload(ITEM)

    with pytest.raises(requests.ConnectionError):
        writer.call("POST", f"{killed}/v1/export", json=body, headers=headers)
    answer = writer.call("POST", "/v1/export", json=body, headers=headers)

    assert (answer.status_code, answer.headers["Idempotent-Replayed"]) == (200, "true")
    assert writer.file(answer.json()["export_id"]).status_code == 200


def test_hundred_threads_with_fifty_keys_make_fifty_jobs(stack, writer):
    token, barrier = uuid4().hex, Barrier(100)
    body = writer.payload(ITEM | {"metadata": {"token": token}})

    def ask(number):
        """What was answered, and the job in the end."""
        headers, seen = {"Idempotency-Key": f"{token}-{number % 50}"}, []
        barrier.wait()
        while True:
            answer = writer.call("POST", "/v1/export/jobs", json=body, headers=headers)
            seen.append(answer.status_code)
            if answer.status_code != 409:
                return seen, answer.json()["job_id"]
            assert "still runs" in answer.json()["error"]["message"]
            sleep(0.05)

    with ThreadPoolExecutor(100) as pool:
        told = list(pool.map(ask, range(100)))

    jobs = [job_id for _, job_id in told]
    assert set(Counter(status for seen, _ in told for status in seen)) <= {202, 409}
    assert jobs[:50] == jobs[50:]
    made = stack.database.rows(
        "SELECT count(*) FROM exports_exportjob"
        f" WHERE CAST(metadata AS text) LIKE '%{token}%'"
    )
    assert (made, len(set(jobs))) == ([(50,)], 50)
