"""What is told, and what goes on, while a part of the installation is away."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.journeys.clients import ask
from tests.journeys.programs import eventually
from tests.journeys.stacks import SERVERS, Stack

pytestmark = pytest.mark.journey

TEMPLATES = "/v1/export/templates"
SPEC = {"format": "csv", "columns": ["id"], "max_rows": 5}


@contextmanager
def moved(folder: Path) -> Iterator[None]:
    aside = folder.with_name("aside")
    folder.rename(aside)
    try:
        yield
    finally:
        aside.rename(folder)


def absences(stack: Stack) -> dict[str, AbstractContextManager[None]]:
    """The parts that are programs or folders of their own, and their going away."""
    own = {"storage": moved(stack.storage)}
    if stack.name == SERVERS:
        own |= {"cache": stack.broker.away(), "database": stack.database.away()}
    return own


def told(stack, path):
    answer = ask("GET", f"{stack.url}{path}")
    return answer.status_code, answer.json()


@pytest.mark.parametrize("path", ["/readyz", "/v1/health/export"])
def test_part_that_is_away_is_named_until_it_is_back(fragile, fragile_client, path):
    fragile_client.run(SPEC)
    status, well = told(fragile, path)
    assert (status, set(well["parts"].values())) == (200, {True})

    for part, absence in absences(fragile).items():
        with absence:
            status, seen = told(fragile, path)
            assert (status, seen["status"]) == (503, "unavailable")
            assert seen["parts"] == well["parts"] | {part: False}
            assert told(fragile, "/healthz") == (200, {"status": "ok"})
        eventually(lambda: told(fragile, path) == (200, well), seconds=60, what=part)


def test_file_outlasts_the_absence_of_what_it_needs(fragile, fragile_client):
    export_id = fragile_client.run(SPEC)["export_id"]
    kept = fragile_client.file(export_id).content

    for part, absence in absences(fragile).items():
        if part != "cache":
            with absence:
                path = f"/v1/export/files/{export_id}"
                refused = fragile_client.call("GET", path)
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")

    assert fragile_client.file(export_id).content == kept


def test_jobs_without_a_worker_are_told_of(fragile, fragile_client):
    path = "/v1/health/jobs"
    fragile.worker.stop()
    job = fragile_client.post(SPEC)
    # A minute passes.
    fragile.database.execute("UPDATE exports_worker SET seen_at = '2000-01-01 00:00Z'")

    status, seen = told(fragile, path)
    cancelled = fragile_client.call("POST", f"/v1/export/jobs/{job['job_id']}/cancel")

    assert (status, seen["workers"], seen["waiting"]) == (503, 0, 1)
    assert cancelled.json()["status"] == "cancelled"
    again = fragile_client.call("POST", f"/v1/export/jobs/{job['job_id']}/cancel")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "CONFLICT")
    fragile.worker.start()
    eventually(lambda: told(fragile, path)[1]["workers"] == 1, seconds=60, what=path)


def test_jobs_and_templates_go_on_without_redis(fragile, fragile_client):
    template = {"name": "A", "type": "verifications", "format": "csv"}
    template |= {"business_id": fragile_client.business_id}
    fragile.worker.stop()  # one that was awake already would need no broker
    with absences(fragile).get("cache", moved(fragile.var / "broker")):
        job = fragile_client.post(SPEC)
        assert fragile_client.job(job["job_id"])["status"] == "pending"
        made = fragile_client.call("POST", TEMPLATES, json=template)
        assert (
            fragile_client.call("GET", made.headers["Location"]).json() == made.json()
        )

    fragile.worker.start()
    assert fragile_client.ended(job["job_id"])["status"] == "completed"


def test_events_are_resumed_where_they_were_left(fragile, fragile_client):
    fragile.worker.stop()
    job_id = fragile_client.post(SPEC)["job_id"]

    first = events(fragile_client, job_id, until="progress")
    fragile.worker.start()
    rest = events(fragile_client, job_id, seen=first[-1]["id"])
    over = events(fragile_client, job_id, seen=rest[-1]["id"])

    assert [event["event"] for event in first] == ["progress"]
    kinds = [event["event"] for event in rest]
    assert kinds == ["progress"] * (len(kinds) - 1) + ["end"]
    assert first[0]["id"] not in [event["id"] for event in rest]
    assert [event["event"] for event in over] == ["end"]


def events(client, job_id, *, until="end", seen=None):
    """Those up to the first of a kind, or to the end of the stream."""
    headers = {"Last-Event-ID": seen} if seen else {}
    path = f"/v1/export/jobs/{job_id}/events"
    found = [{}]
    with client.call("GET", path, headers=headers, stream=True) as answer:
        for line in answer.iter_lines(decode_unicode=True):
            name, _, value = line.partition(": ")
            if line and name in {"event", "id", "data"}:
                found[-1][name] = value
            elif not line and found[-1]:
                if found[-1]["event"] == until:
                    return found
                found.append({})
    return [event for event in found if event]
