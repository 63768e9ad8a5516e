"""A client that stops reading its answer is cut: it must not hold a thread for ever."""

import socket
import struct
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from exports.conf import knob


class SlowClientMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Of the server alone: in the tests' own client there is no connection.
        connection = request.META.get("gunicorn.socket")
        if connection is not None:
            # The kernel's own timer: it leaves gunicorn's reads and polls as they are.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _time())
        return self._get_response(request)


def _time() -> bytes:
    """A ``struct timeval``."""
    whole, part = divmod(float(knob("INLINE_IDLE_SECONDS")), 1)
    return struct.pack("ll", int(whole), int(part * 1_000_000))
