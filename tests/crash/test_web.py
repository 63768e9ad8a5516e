"""Exports that run in the web server: it is killed, or its client goes away."""

import json
import socket
from contextlib import suppress
from threading import Thread
from urllib.parse import urlsplit

import pytest
import requests

from tests.journeys.programs import eventually

pytestmark = pytest.mark.journey

# Seconds of work, and tens of megabytes.
LONG = {"format": "pdf", "max_rows": 20_000}
LARGE = {"format": "json", "options": {"indent": 8}}


# A process that ends between asking for an export and beginning with it.
ASKED_ONLY = """
from django.utils import timezone
from customers.actors import system
from exports import jobs
from exports.models import Mode

spec = {"business_id": "business_123", "export_type": "verifications", "format": "csv"}
jobs.request_export(
    spec, actor=system("tests"), now=timezone.now(), mode=Mode.IMMEDIATE
)
"""


def newest(stack, mode):
    """Status, error and attempts of the latest export of this mode."""
    found = stack.database.rows(
        "SELECT status, error_code, attempt FROM exports_exportjob"
        f" WHERE mode = '{mode}' ORDER BY created_at DESC LIMIT 1"
    )
    return found[0] if found else None


def test_immediate_export_of_a_killed_web_server_fails(stack, client):
    asked = Thread(target=ask_in_vain, args=(client,))
    asked.start()
    eventually(
        lambda: newest(stack, "immediate") == ("processing", "", 1),
        seconds=60,
        what="the export runs",
    )

    stack.web.kill_groups()

    asked.join()
    eventually(
        lambda: newest(stack, "immediate") == ("failed", "worker_lost", 1),
        seconds=60,
        what="the export has failed",
    )
    stack.wait_for_web()
    assert client.run({"format": "csv", "max_rows": 5})["row_count"] == 5


def test_immediate_export_whose_process_never_began_fails(stack, client):
    stack.manage("shell", "--no-imports", "--command", ASKED_ONLY)

    eventually(
        lambda: newest(stack, "immediate") == ("failed", "worker_lost", 0),
        seconds=60,
        what="the export has failed",
    )


def ask_in_vain(client):
    with pytest.raises(requests.ConnectionError):
        client.export(LONG)


def test_inline_export_of_a_client_that_goes_away_is_cancelled(stack, client):
    with asking(client, LARGE | {"delivery": "inline"}) as connection:
        assert connection.recv(10_000).startswith(b"HTTP/1.1 200 OK")
        assert newest(stack, "inline") == ("processing", "", 1)

    eventually(
        lambda: newest(stack, "inline") == ("cancelled", "", 1),
        seconds=60,
        what="the export is cancelled",
    )
    eventually(
        lambda: stack.database.open_reads() == 0,
        seconds=60,
        what="no snapshot is open",
    )


def test_inline_export_of_a_client_that_stops_reading_is_cut(stack, client):
    with asking(client, LARGE | {"delivery": "inline"}) as connection:
        assert connection.recv(10_000).startswith(b"HTTP/1.1 200 OK")

        eventually(
            lambda: newest(stack, "inline") == ("cancelled", "", 1),
            seconds=60,
            what="the export is cancelled",
        )

        assert not rest_of(connection).endswith(b"0\r\n\r\n")
    eventually(
        lambda: stack.database.open_reads() == 0,
        seconds=60,
        what="no snapshot is open",
    )


def rest_of(connection) -> bytes:
    """What the other side had sent until it closed."""
    parts = []
    with suppress(ConnectionResetError):
        while part := connection.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)[-10:]


def asking(client, spec):
    """A connection over which an export was asked for, and nothing read yet."""
    body = json.dumps(client.payload(spec))
    host = urlsplit(client.url)
    connection = socket.create_connection((host.hostname, host.port), timeout=30)
    head = (
        f"POST /v1/export HTTP/1.1\r\nHost: {host.netloc}\r\n"
        f"Authorization: Bearer {client.key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall(f"{head}{body}".encode())
    return connection
