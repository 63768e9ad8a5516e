import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from kyb_export.whole_answers import WholeAnswerMiddleware


class Source:
    """Chunks, and whether somebody has closed them."""

    def __init__(self, *chunks):
        self._chunks, self.is_closed = chunks, False

    def __iter__(self):
        for chunk in self._chunks:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    def close(self):
        self.is_closed = True


def ask(response, *, protocol="HTTP/1.0", method="GET"):
    request = RequestFactory().generic(method, "/", SERVER_PROTOCOL=protocol)
    return WholeAnswerMiddleware(lambda _: response)(request)


@pytest.mark.parametrize("chunks", [(), (b"",), (b"ab", b"c"), (b"x" * 600_000,) * 2])
def test_stream_is_sent_whole_with_its_length(chunks):
    source = Source(*chunks)

    answer = ask(StreamingHttpResponse(source))
    content = b"".join(answer)
    answer.close()

    assert content == b"".join(chunks)
    assert answer["Content-Length"] == str(len(content))
    assert source.is_closed


def test_stream_that_breaks_is_no_answer():
    source = Source(b"half", RuntimeError("broken"))

    with pytest.raises(RuntimeError):
        ask(StreamingHttpResponse(source))

    assert source.is_closed


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ({}, {"protocol": "HTTP/1.1"}),
        ({"Content-Length": "4"}, {}),
        ({"Content-Type": "text/event-stream"}, {}),
        ({}, {"method": "HEAD"}),
    ],
)
def test_answer_whose_end_is_seen_is_sent_as_it_comes(told, asked):
    response = StreamingHttpResponse(Source(b"half", RuntimeError("broken")))
    for name, value in told.items():
        response[name] = value

    chunks = iter(ask(response, **asked))

    assert next(chunks) == b"half"


def test_answer_that_is_no_stream_stays_as_it_is():
    assert ask(HttpResponse("x")).content == b"x"
