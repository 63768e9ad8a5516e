"""One request id, from the caller's header to the line about the export's end."""

import json
from uuid import uuid4

import pytest

from tests.journeys.programs import eventually

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]

SPEC = {"format": "csv", "columns": ["id", "score"], "max_rows": 100}


def lines(program, request_id):
    """The program's own lines about the request, without what differs in each run."""
    found = [
        json.loads(line)
        for line in program.log.read_text().splitlines()
        # Celery's banner, and warnings from before there is a log, are no objects.
        if line.startswith("{")
    ]
    own = [
        line
        for line in found
        if line.get("request_id") == request_id and line["logger"].startswith("kyb.")
    ]
    for line in own:
        assert line.pop("timestamp").endswith("Z")
        assert line.pop("seconds") > 0
    return own


def head(logger):
    return {"logger": f"kyb.{logger}", "level": "info", "event": logger}


def test_request_id_of_the_caller_is_in_the_lines_of_web_and_worker(stack, client):
    request_id = f"journey-{uuid4()}"

    asked = client.call(
        "POST",
        "/v1/export/jobs",
        json=client.payload(SPEC),
        headers={"X-Request-ID": request_id},
    )
    job = client.ended(asked.json()["job_id"])

    told = eventually(
        lambda: lines(stack.worker, request_id), seconds=60, what="the worker's line"
    )
    export = job["result"]
    assert asked.headers["X-Request-ID"] == request_id
    [request] = lines(stack.web, request_id)
    assert request.pop("actor").startswith("key:key_")
    assert request == {
        **head("request"),
        "request_id": request_id,
        "method": "POST",
        "route": "/v1/export/jobs",
        "status": 202,
        "ip_address": "127.0.0.1",
    }
    assert told == [
        {
            **head("export"),
            "request_id": request_id,
            "export_id": export["export_id"],
            "business": client.business_id,
            "type": "verifications",
            "format": "csv",
            "mode": "background",
            "rows": 100,
            "bytes": export["file_size"],
            "outcome": "completed",
            "error_code": None,
        }
    ]


def test_stream_is_told_of_by_the_web_server_alone(stack, client):
    request_id = f"journey-{uuid4()}"
    spec = client.payload(SPEC | {"delivery": "inline"})

    answer = client.call(
        "POST", "/v1/export", json=spec, headers={"X-Request-ID": request_id}
    )

    def ended():
        found = lines(stack.web, request_id)
        return found if len(found) == 2 else None

    export, request = eventually(ended, seconds=60, what="both lines")
    assert (export["event"], export["mode"]) == ("export", "inline")
    assert (export["rows"], export["bytes"]) == (100, len(answer.content))
    assert (request["event"], request["status"]) == ("request", 200)
    assert lines(stack.worker, request_id) == []


def test_web_server_writes_nothing_but_objects(stack, client):
    client.call("GET", "/v1/export/types")

    written = stack.web.log.read_text().splitlines()

    assert {type(json.loads(line)) for line in written} == {dict}
