"""Connections of one attempt: made to addresses that were judged, and cut from afar."""

import socket
from collections.abc import Sequence
from contextlib import suppress

from customers.addresses import Address
from exports.delivery.addresses import Refused, Target


class Line:
    """:ivar is_cut: nothing goes over it any more, and nothing new is begun."""

    def __init__(
        self, to: Target, addresses: Sequence[Address], *, seconds: float
    ) -> None:
        """:param seconds: that a connection may take, and be silent afterwards."""
        self._to, self._addresses, self._seconds = to, addresses, seconds
        self._copies: list[socket.socket] = []
        self._given: list[socket.socket] = []
        self.is_cut = False

    def connect(self, host: str, port: int) -> socket.socket:
        """:raises Refused: somebody leads elsewhere.

        :raises OSError: of the last address that was tried.
        """
        if (host.strip("[]"), port) != (self._to.host, self._to.port):
            raise Refused("leads elsewhere")
        failed: OSError = ConnectionRefusedError()
        for address in self._addresses:
            if self.is_cut:
                raise TimeoutError
            try:
                made = socket.create_connection((str(address), port), self._seconds)
            except OSError as error:
                failed = error
            else:
                # TLS takes the socket away from this object; a copy still reaches it.
                self._copies.append(made.dup())
                self._given.append(made)
                return made
        raise failed

    def cut(self) -> None:
        self.is_cut = True
        for each in self._copies:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """To be called when nobody can cut it any more."""
        self.cut()
        # Whoever was given one may have let go of it in the middle of an answer.
        for each in (*self._copies, *self._given):
            each.close()
