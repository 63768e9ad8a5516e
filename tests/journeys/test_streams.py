"""Inline answers: as they are read, and seen to break when they break."""

import json
import time
from contextlib import closing
from hashlib import sha256
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests

from tests.journeys.clients import Client
from tests.journeys.programs import eventually

pytestmark = pytest.mark.journey

# Three blocks of rows, each more than what lies between two programs: the sender
# waits for the reader.
ROWS, NOTE = 10_500, "x" * 3000
SLOW = {"format": "csv", "columns": ["notes"], "delivery": "inline"}


@pytest.fixture
def wide(fragile):
    fragile.manage("create_business", "wide")
    arguments = ["--companies", "3", "--verifications", str(ROWS)]
    fragile.manage("demo_data", "--business", "wide", *arguments)
    fragile.database.execute(
        f"UPDATE customers_verification SET notes = '{NOTE}' WHERE business_id = 'wide'"
    )
    return Client(fragile.url, fragile.key("wide"), "wide")


def newest(stack):
    """Status and error of the newest inline export."""
    [found] = stack.database.rows(
        "SELECT status, error_code FROM exports_exportjob WHERE mode = 'inline'"
        " ORDER BY created_at DESC LIMIT 1"
    )
    return found


def test_inline_answer_that_breaks_is_seen_to_break(fragile, wide):
    answer = wide.export(SLOW, stream=True)
    chunks = answer.iter_content(1 << 16)
    received = [next(chunks)]
    # All of it may take a second.
    time.sleep(1.2)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        received.extend(chunks)

    export_id = answer.headers["X-Export-ID"]
    whole = b"notes\r\n" + f"{NOTE}\r\n".encode() * ROWS
    assert answer.status_code == 200
    assert len(whole) > len(b"".join(received))
    assert whole.startswith(b"".join(received))
    eventually(
        lambda: newest(fragile) == ("failed", "EXPORT_ERROR"),
        seconds=60,
        what="the export has failed",
    )
    assert wide.file(export_id).status_code == 404
    path = f"/v1/export/files/{export_id}/manifest"
    assert wide.call("GET", path).status_code == 404


def test_more_rows_than_an_immediate_export_has_ask_for_a_job(fragile_client):
    spec = {"format": "csv", "columns": ["id"]}

    answer = fragile_client.export(spec)
    export = fragile_client.run(spec)

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "EXPORT_SIZE_EXCEEDED"
    assert "job" in answer.json()["error"]["message"]
    assert (export["row_count"], export["completeness"]) == (60, "complete")


@pytest.mark.parametrize(("max_rows", "word"), [(None, "complete"), (7, "limited")])
def test_every_way_tells_how_complete_its_file_is(client, max_rows, word):
    spec = {"format": "csv", "columns": ["id"]}
    spec |= {"max_rows": max_rows} if max_rows else {}

    told = [client.run(spec), client.export(spec).json()]
    inline = client.export(spec | {"delivery": "inline"})
    told.append(client.manifest(inline.headers["X-Export-ID"]))

    rows = max_rows or 1200
    assert [
        (each["row_count"], each["rows_expected"], each["completeness"])
        for each in told
    ] == [(rows, rows, word)] * 3
    assert inline.content.count(b"\r\n") == rows + 1
    assert told[2]["sha256"] == sha256(inline.content).hexdigest()


def test_time_and_rows_of_each_step_are_told_when_asked_for(client):
    spec = {"format": "csv", "columns": ["id"], "max_rows": 7}

    answer = client.call(
        "POST",
        "/v1/export",
        json=client.payload(spec),
        headers={"X-Debug": "true"},
    )

    debug = answer.json()["debug"]
    assert (debug["rows"], debug["batches"]) == (7, 1)
    assert "debug" not in client.export(spec).json()


def test_stream_over_the_old_protocol_has_its_length(client):
    """There the end of a connection is the end of an answer, whole or not."""
    spec = {"format": "csv", "columns": ["id"], "delivery": "inline"}
    host = urlsplit(client.url)
    with closing(HTTPConnection(str(host.hostname), host.port, timeout=60)) as line:
        line._http_vsn, line._http_vsn_str = 10, "HTTP/1.0"  # noqa: SLF001 - no other way
        line.request(
            "POST",
            "/v1/export",
            body=json.dumps(client.payload(spec)),
            headers={
                "Authorization": f"Bearer {client.key}",
                "Content-Type": "application/json",
            },
        )
        answer = line.getresponse()
        content = answer.read()

    assert answer.status == 200
    assert answer.getheader("Content-Length") == str(len(content))
    assert content.count(b"\r\n") == 1201


def test_body_that_comes_in_chunks_is_read(client):
    body = json.dumps(client.payload({"format": "csv", "max_rows": 5})).encode()

    answer = client.call(
        "POST",
        "/v1/export/jobs",
        data=iter([body[:20], body[20:]]),
        headers={"Content-Type": "application/json"},
    )

    assert answer.request.headers["Transfer-Encoding"] == "chunked"
    assert answer.status_code == 202
    assert client.ended(answer.json()["job_id"])["status"] == "completed"
