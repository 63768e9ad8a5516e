"""An HTTP proxy on loopback that answers 500 where it is told to."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

_ERROR = b"<Error><Code>InternalError</Code><Message>secret</Message></Error>"
# Of one connection, which is not that of the other side.
_OWN = {"connection", "transfer-encoding", "content-length", "keep-alive", "expect"}


class Faulty(ThreadingHTTPServer):
    """:ivar fault: what method and address of such requests match; None: none.

    :ivar is_done: they are done all the same, and nobody is told.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, to: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.to = to
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.fault: str | None = None
        self.is_done = False

    def fails(self, asked: str) -> bool:
        return self.fault is not None and re.match(self.fault, asked) is not None


class _Handler(BaseHTTPRequestHandler):
    server: Faulty
    protocol_version = "HTTP/1.1"

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fails = self.server.fails(f"{self.command} {self.path}")
        if fails and not self.server.is_done:
            self._answer(500, {}, _ERROR)
            return
        status, headers, content = self._asked(body)
        self._answer(*((500, {}, _ERROR) if fails else (status, headers, content)))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815 -- the hooks

    def _asked(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """What the server behind it answers."""
        there = HTTPConnection(self.server.to, timeout=20)
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in _OWN
        }
        try:
            there.request(self.command, self.path, body=body, headers=headers)
            answer = there.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            there.close()

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in _OWN:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *arguments: Any) -> None:
        """Not to the tests' output."""


@contextmanager
def faulty(to: str) -> Iterator[Faulty]:
    """:param to: host and port of a server on loopback."""
    made = Faulty(to)
    thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        thread.join()
        made.server_close()
