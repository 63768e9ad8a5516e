import socket
import struct

from django.http import HttpResponse
from django.test import RequestFactory

from kyb_export.slow_clients import SlowClientMiddleware


def test_connection_of_an_answer_waits_so_long_for_its_reader(settings):
    settings.EXPORTS = settings.EXPORTS | {"INLINE_IDLE_SECONDS": 2.5}
    here, there = socket.socketpair()
    with here, there:
        request = RequestFactory().get("/", **{"gunicorn.socket": here})

        SlowClientMiddleware(lambda _: HttpResponse())(request)

        size = struct.calcsize("ll")
        found = here.getsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, size)
        seconds, part = struct.unpack("ll", found)
        assert abs(seconds + part / 1_000_000 - 2.5) < 0.1


def test_request_without_a_connection_is_answered():
    request = RequestFactory().get("/")

    assert SlowClientMiddleware(lambda _: HttpResponse("x"))(request).content == b"x"
