"""Clients that go away, or read in drops: nothing of theirs stays open."""

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit

import pytest

from tests.journeys.programs import eventually

pytestmark = pytest.mark.journey

LARGE = {"format": "json", "options": {"indent": 8}}
AT_ONCE = 12
MOST_BACKENDS = 8 * 2 + 8
"""Of eight threads with a connection and a snapshot each, and of the worker."""
_OPEN = {"01", "08"}
"""ESTABLISHED and CLOSE_WAIT, as the kernel writes them."""
_RESET = struct.pack("ii", 1, 0)


@pytest.fixture(scope="module")
def file(client):
    """Tens of megabytes."""
    return client.run(LARGE, seconds=120)["export_id"]


@pytest.fixture(scope="module")
def archive(client):
    exports = [LARGE | {"export_type": "verifications"}, {"template_id": "reports_xml"}]
    body = {"business_id": client.business_id, "exports": exports, "bundle": True}
    path = client.call("POST", "/v1/export/batches", json=body).headers["Location"]
    eventually(
        lambda: client.call("GET", path).json()["status"] == "completed",
        seconds=120,
        what="the batch is completed",
    )
    return f"{path}/file"


@pytest.fixture
def ask(client, file, archive):
    """What is sent for an answer that is too long to be read in one go."""
    inline = client.payload(LARGE | {"delivery": "inline"})
    return {
        "file": ("GET", f"/v1/export/files/{file}", None),
        "range": ("GET", f"/v1/export/files/{file}", None, "Range: bytes=10-"),
        "archive": ("GET", archive, None),
        "inline": ("POST", "/v1/export", inline),
    }


@contextmanager
def asked(client, method, path, body=None, *headers: str) -> Iterator[socket.socket]:
    """A connection on which an answer has begun to come."""
    host, sent = urlsplit(client.url), json.dumps(body) if body else ""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {host.netloc}",
        f"Authorization: Bearer {client.key}",
        "Content-Type: application/json",
        f"Content-Length: {len(sent)}",
        *headers,
    ]
    with socket.socket() as connection:
        connection.settimeout(60)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        connection.connect((host.hostname, host.port))
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n" + sent).encode())
        yield connection


def begun(connection) -> bool:
    return connection.recv(2000).startswith((b"HTTP/1.1 200", b"HTTP/1.1 206"))


def files_open(stack) -> list[str]:
    """The stored files that the web server's processes have open."""
    found = []
    for pid in stack.web.children():
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                found.append(str(descriptor.readlink()))
    return [path for path in found if path.startswith(str(stack.storage))]


def connections_open(stack) -> int:
    """To the web server, as its side sees them."""
    port = f":{int(stack.env['PORT']):04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    fields = [line.split() for line in lines]
    return sum(each[1].endswith(port) and each[3] in _OPEN for each in fields)


def running(stack) -> int:
    [(count,)] = stack.database.rows(
        "SELECT count(*) FROM exports_exportjob WHERE status = 'processing'"
    )
    return count


def quiet(stack) -> bool:
    return (
        running(stack) == 0
        and files_open(stack) == []
        and connections_open(stack) == 0
        and stack.database.open_reads() == 0
    )


@pytest.mark.parametrize(
    ("kind", "rounds"), [("file", 1), ("range", 1), ("archive", 1), ("inline", 3)]
)
def test_clients_that_go_away_leave_nothing_open(stack, client, ask, kind, rounds):
    for _ in range(rounds):
        with ExitStack() as callers:
            for number in range(AT_ONCE):
                caller = callers.enter_context(asked(client, *ask[kind]))
                if number % 2:  # without a word of parting
                    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                if number < 4:  # of the others, some still wait for a thread
                    assert begun(caller)

        eventually(lambda: quiet(stack), seconds=60, what="nothing is open")

    if stack.database.url.startswith("postgres"):
        [(backends,)] = stack.database.rows(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        assert backends <= MOST_BACKENDS
    assert client.call("GET", "/v1/export/types").status_code == 200


@pytest.mark.parametrize("kind", ["file", "archive", "inline"])
def test_client_that_reads_in_drops_is_cut(stack, client, ask, kind):
    with asked(client, *ask[kind]) as caller:
        assert begun(caller)

        def cut() -> bool:
            with suppress(ConnectionResetError):
                caller.recv(500)
            sleep(0.1)
            return quiet(stack)

        eventually(cut, seconds=60, what="the connection is cut")


@pytest.fixture
def waiting(stack, client):
    """A job that nobody takes."""
    stack.worker.stop()
    job_id = client.post({"format": "csv", "max_rows": 5})["job_id"]
    yield job_id
    client.call("POST", f"/v1/export/jobs/{job_id}/cancel")
    stack.worker.start()


def test_stream_of_events_that_is_left_makes_room_for_another(stack, client, waiting):
    for _ in range(AT_ONCE):
        with asked(client, "GET", f"/v1/export/jobs/{waiting}/events") as caller:
            assert begun(caller)

        eventually(lambda: quiet(stack), seconds=60, what="nothing is open")
