"""One POST to an address that was judged: no redirect, no proxy, an end to its time."""

import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    IncompleteRead,
)
from io import BufferedReader
from threading import Timer
from time import monotonic
from typing import Any, cast

from customers.addresses import Address
from exports.delivery.addresses import Target
from exports.delivery.faults import Fault


class NoAnswer(Fault):
    """Its message tells what went wrong, and nothing of either side."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Its body is not read: nothing of it is needed, and it could be endless."""

    status: int
    retry_after: str | None


def post(
    to: Target,
    addresses: Sequence[Address],
    *,
    body: bytes,
    headers: Mapping[str, str],
    seconds: float,
) -> Answer:
    """:raises NoAnswer: there was none in time, or none that is HTTP."""
    connection = _Connection(to, addresses, seconds=seconds)
    # Timeouts count per read: who sends a byte now and then would hold it for ever.
    watchdog = Timer(seconds, connection.cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request(
            "POST", to.path, body=body, headers={"Host": to.authority, **headers}
        )
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheader("Retry-After"))
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswer(_told(error, is_over=connection.is_cut)) from error
    finally:
        watchdog.cancel()
        connection.close()


def _told(error: Exception, *, is_over: bool) -> str:
    if is_over or isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason or 'no handshake'}"[:120]
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    return f"the connection broke: {type(error).__name__}"


class _Response(HTTPResponse):
    """Whole, as far as its head goes: the library takes one that is broken off."""

    def begin(self) -> None:
        """:raises IncompleteRead: it ended within its head."""
        lines = _Lines(self.fp)
        self.fp = cast("BufferedReader", lines)
        super().begin()
        if lines.last.strip(b"\r\n") or not lines.last:
            raise IncompleteRead(b"")


class _Lines:
    """A stream that knows which line was read last."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream, self.last = stream, b""

    def readline(self, limit: int = -1) -> bytes:
        self.last = self._stream.readline(limit)
        return self.last

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Connection(HTTPConnection):
    """Goes to the addresses given, under the name that the certificate must have."""

    response_class = _Response

    def __init__(
        self, to: Target, addresses: Sequence[Address], *, seconds: float
    ) -> None:
        super().__init__(to.host, to.port, timeout=seconds)
        self._to, self._addresses = to, addresses
        self._until = monotonic() + seconds
        self.is_cut = False

    def connect(self) -> None:
        self.sock = self._connected()
        if self._to.scheme == "https":
            # Wrapped first, so that the watchdog can cut a handshake too.
            tls = _context().wrap_socket(
                self.sock,
                server_hostname=self._to.host,
                do_handshake_on_connect=False,
            )
            self.sock = tls
            tls.do_handshake()
        if self.is_cut:
            raise TimeoutError

    def _connected(self) -> socket.socket:
        """:raises OSError: of the last address that was tried."""
        failed: OSError = ConnectionRefusedError()
        for address in self._addresses:
            left = max(self._until - monotonic(), 0.1)
            try:
                return socket.create_connection((str(address), self._to.port), left)
            except OSError as error:
                failed = error
        raise failed

    def cut(self) -> None:
        self.is_cut = True
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
