"""A proxy before the service that does to a client what networks do."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final, Self
from urllib.parse import urlsplit

_BUSY_SECONDS: Final = 0.9
"""A little less than the answer says: clients' timers may be early by a tick."""
_PASSED_ON: Final = ("Authorization", "Content-Type", "Idempotency-Key", "Range")
_PER_CONNECTION: Final = {"connection", "date", "server", "transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Seen:
    """:ivar status: 0 when the connection was closed without an answer."""

    method: str
    path: str
    range: str
    status: int


class Troubles:
    """:ivar seen: what was asked, in order."""

    def __init__(self, target: str) -> None:
        self.seen: list[Seen] = []
        self._address = urlsplit(target).netloc
        self._plans: list[tuple[str, str]] = []
        self._free_at = 0.0
        handler = type("Handler", (_Handler,), {"troubles": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def plan(self, call: str, *kinds: str) -> None:
        """:param call: pattern of "METHOD /path"; each kind happens to one call."""
        self._plans += [(call, kind) for kind in kinds]

    def statuses(self, call: str) -> list[int]:
        return [
            each.status
            for each in self.seen
            if re.fullmatch(call, f"{each.method} {each.path}")
        ]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def trouble(self, call: str) -> str:
        """What is to happen to it; one that comes back too early is still refused."""
        for plan in self._plans:
            if re.fullmatch(plan[0], call):
                self._plans.remove(plan)
                if plan[1] == "busy":
                    self._free_at = time.monotonic() + _BUSY_SECONDS
                return plan[1]
        return "busy" if time.monotonic() < self._free_at else ""

    def ask(self, handler: BaseHTTPRequestHandler) -> tuple[int, Any, bytes]:
        length = int(handler.headers.get("Content-Length", 0))
        kept = {n: handler.headers[n] for n in _PASSED_ON if n in handler.headers}
        connection = HTTPConnection(self._address, timeout=60)
        try:
            body = handler.rfile.read(length)
            connection.request(handler.command, handler.path, body, kept)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()


class _Handler(BaseHTTPRequestHandler):
    troubles: Troubles

    def _answer(self) -> None:
        path = self.path.partition("?")[0]
        kind = self.troubles.trouble(f"{self.command} {path}")
        status = _KINDS[kind](self)
        range_ = self.headers.get("Range", "")
        self.troubles.seen.append(Seen(self.command, path, range_, status))
        self.close_connection = True

    do_GET = do_POST = _answer  # noqa: N815 -- the base class's names

    def log_message(self, *arguments: object) -> None:
        """Not to the tests' screen."""


def _send(
    handler: _Handler, *, alter: Callable[[bytes], bytes] = lambda body: body
) -> int:
    status, headers, body = handler.troubles.ask(handler)
    handler.send_response(status)
    for name, value in headers:
        if name.lower() not in _PER_CONNECTION:
            handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(alter(body))
    return status


def _busy(handler: _Handler) -> int:
    handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
    handler.send_response(429)
    handler.send_header("Retry-After", "1")
    handler.send_header("Content-Length", "0")
    handler.end_headers()
    return 429


def _away(handler: _Handler) -> int:
    handler.send_response(503)
    handler.send_header("Content-Length", "0")
    handler.end_headers()
    return 503


def _lost(handler: _Handler) -> int:
    """The service has done it, but nobody hears of it."""
    handler.troubles.ask(handler)
    return 0


_KINDS: Final[dict[str, Callable[[_Handler], int]]] = {
    "": _send,
    "busy": _busy,
    "away": _away,
    "lost": _lost,
    "cut": lambda handler: _send(handler, alter=lambda body: body[: len(body) // 2]),
    "altered": lambda handler: _send(
        handler, alter=lambda body: body[:-3] + bytes([body[-3] ^ 1]) + body[-2:]
    ),
}
