"""A listener on loopback that counts who calls."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Listener:
    """:ivar last: address of the call that ends it, which does not count."""

    port: int
    calls: int = 0
    last: tuple[str, int] = ("", 0)


@contextmanager
def listening() -> Iterator[Listener]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        listener = Listener(server.getsockname()[1])
        thread = threading.Thread(target=_count, args=(server, listener))
        thread.start()
        try:
            yield listener
        finally:
            _end(listener)
            thread.join(timeout=10)


def _end(listener: Listener) -> None:
    """Calls are accepted in their order, so all before this one are counted."""
    with socket.socket() as caller:
        caller.bind(("127.0.0.1", 0))
        listener.last = caller.getsockname()
        caller.connect(("127.0.0.1", listener.port))


def _count(server: socket.socket, listener: Listener) -> None:
    while True:
        connection, caller = server.accept()
        connection.close()
        if caller == listener.last:
            return
        listener.calls += 1
