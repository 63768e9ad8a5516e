"""A client that reads its answer too slowly is cut: it must not hold a thread for ever.

One that takes nothing is cut by the kernel's timer. One that takes a little now and
then would put that off for days, so a stream also has to go on at a pace.
"""

import errno
import logging
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import Final, cast

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from exports.conf import knob

logger = logging.getLogger(__name__)
LEG: Final = 1 << 18
"""Bytes that a client has to take in the time in which it may not take nothing."""
_PIECE: Final = 1 << 15
"""How much is handed to the server at a time: so often is the pace looked at."""


class SlowClientMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Of the server alone: in the tests' own client there is no connection.
        connection = request.META.get("gunicorn.socket")
        if connection is None:
            return self._get_response(request)
        seconds = float(knob("INLINE_IDLE_SECONDS"))
        # The kernel's own timer: it leaves gunicorn's reads and polls as they are.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _time(seconds))
        response = self._get_response(request)
        if isinstance(response, StreamingHttpResponse):
            # What the answer has to close it still knows.
            response.streaming_content = paced(
                cast("Iterator[bytes]", response.streaming_content), seconds=seconds
            )
        return response


def paced(chunks: Iterable[bytes], *, seconds: float) -> Iterator[bytes]:
    """The same bytes. What is waited for between them is the client, never the source.

    :raises ConnectionResetError: a leg took longer; the server closes without a word.
    """
    waited, sent = 0.0, 0
    for chunk in chunks:
        for start in range(0, len(chunk), _PIECE):
            piece = chunk[start : start + _PIECE]
            began = monotonic()
            yield piece
            waited += monotonic() - began
            sent += len(piece)
            if waited > seconds:
                logger.info("a client that read too slowly was cut")
                raise ConnectionResetError(errno.ECONNRESET, "read too slowly")
            if sent >= LEG:
                waited, sent = 0.0, 0


def _time(seconds: float) -> bytes:
    """A ``struct timeval``."""
    whole, part = divmod(seconds, 1)
    return struct.pack("ll", int(whole), int(part * 1_000_000))
