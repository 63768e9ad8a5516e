"""A receiver of webhooks on loopback, which answers as it is told to."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

LOCAL = "127.0.0.0/8,::1/128"


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """:ivar answers: one for each request, the last for all that follow.

    A status; with it, headers; or the name of something worse.
    """

    url: str = ""
    answers: list[Any] = field(default_factory=lambda: [204])
    received: list[Received] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [each.headers["webhook-id"] for each in self.received]

    def next_answer(self) -> Any:
        at = min(len(self.received), len(self.answers)) - 1
        return self.answers[at]


@contextmanager
def receiver(*answers: Any, port: int = 0) -> Iterator[Receiver]:
    made = Receiver(answers=list(answers or (204,)))
    server = _Server(("127.0.0.1", port), _Handler)
    server.receiver = made
    made.url = f"http://127.0.0.1:{server.server_port}/hook?a=1"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    receiver: Receiver


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.close_connection = True
        length = int(self.headers["Content-Length"])
        headers = {name.lower(): value for name, value in self.headers.items()}
        made = Received(self.path, headers, self.rfile.read(length))
        to = self.server.receiver
        to.received.append(made)
        self._answer(to.next_answer())

    def _answer(self, answer: Any) -> None:
        if answer == "break off":
            return
        if answer == "drip":
            self._drip()
            return
        if answer == "half":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: 1")
            return
        if answer == "no HTTP":
            self.wfile.write(b"220 mail.example.com ESMTP\r\n")
            return
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _drip(self) -> None:
        """A byte now and then, each in time for a timeout that counts per read."""
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 100:
            try:
                self.wfile.write(bytes([byte]))
            except OSError:
                return
            time.sleep(0.05)

    def log_message(self, *arguments: Any) -> None:
        """Not to the tests' output."""
