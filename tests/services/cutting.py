"""A TCP proxy on loopback that cuts a connection after so many bytes."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread


class Proxy:
    """:ivar left: bytes from the client that are still passed on; None: all.

    :ivar connections: how many clients came.
    """

    def __init__(self, to: int) -> None:
        self._to = to
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.left: int | None = None
        self.connections = 0
        self._lock = Lock()
        self._open: list[socket.socket] = []
        self._pumps: list[Thread] = []
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self.connections += 1
                self._open.append(client)
                with suppress(OSError):
                    server = socket.create_connection(("127.0.0.1", self._to))
                    self._open.append(server)
                    self._join(client, server)

    def _join(self, client: socket.socket, server: socket.socket) -> None:
        for source, sink, counts in ((client, server, True), (server, client, False)):
            arguments = (source, sink, counts)
            self._pumps.append(Thread(target=self._pump, args=arguments, daemon=True))
            self._pumps[-1].start()

    def _pump(self, source: socket.socket, sink: socket.socket, counts: bool) -> None:
        is_cut = False
        with suppress(OSError):
            while not is_cut and (data := source.recv(16_384)):
                passed = self._passed(data) if counts else data
                is_cut = len(passed) < len(data)
                sink.sendall(passed)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            if is_cut:
                # Else what is still sent would be taken, until there is no more room.
                each.close()

    def _passed(self, data: bytes) -> bytes:
        with self._lock:
            if self.left is None:
                return data
            passed = data[: self.left]
            self.left -= len(passed)
            return passed

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        for pump in self._pumps:
            pump.join()
        for each in (self._listening, *self._open):
            each.close()


@contextmanager
def proxy(to: int) -> Iterator[Proxy]:
    """:param to: a port on loopback."""
    made = Proxy(to)
    try:
        yield made
    finally:
        made.close()
