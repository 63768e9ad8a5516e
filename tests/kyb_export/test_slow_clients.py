import socket
import struct

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from kyb_export import slow_clients
from kyb_export.slow_clients import LEG, SlowClientMiddleware


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


def stream(*chunks, seconds, steps, monkeypatch):
    """What is sent, when the client takes so many seconds for each piece in turn."""
    now = [0.0]
    monkeypatch.setattr(slow_clients, "monotonic", lambda: now[0])
    sent = []
    for piece, step in zip(
        slow_clients.paced(chunks, seconds=seconds), steps, strict=True
    ):
        sent.append(piece)
        now[0] += step
    return b"".join(sent)


def test_stream_that_goes_on_at_a_pace_is_sent_whole(monkeypatch):
    chunk = bytes(range(256)) * (LEG // 256)
    steps = [0.1] * 16 + [0.0]

    sent = stream(chunk, chunk, b"end", seconds=1, steps=steps, monkeypatch=monkeypatch)

    assert sent == chunk + chunk + b"end"


def test_stream_that_is_read_in_drops_is_cut(monkeypatch):
    chunk = b"x" * LEG

    with pytest.raises(ConnectionResetError):
        stream(chunk, seconds=1, steps=[0.2] * 8, monkeypatch=monkeypatch)


def test_slow_source_is_no_slow_client(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(slow_clients, "monotonic", lambda: now[0])

    def source():
        for _ in range(5):
            now[0] += 100
            yield b"x"

    assert list(slow_clients.paced(source(), seconds=1)) == [b"x"] * 5


def test_stream_of_a_connection_is_paced_and_still_closed(settings):
    closed = []

    class Source:
        def __iter__(self):
            yield b"x" * (LEG + 1)

        def close(self):
            closed.append(True)

    here, there = socket.socketpair()
    with here, there:
        request = RequestFactory().get("/", **{"gunicorn.socket": here})
        middleware = SlowClientMiddleware(lambda _: StreamingHttpResponse(Source()))
        answer = middleware(request)

    pieces = [len(piece) for piece in answer]
    answer.close()
    assert (sum(pieces), max(pieces), closed) == (LEG + 1, 1 << 15, [True])
