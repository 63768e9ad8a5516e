"""Over HTTP/1.0 an answer without a length is sent when it is whole, or not at all.

HTTP/1.1 ends a stream with a last chunk, so a broken one is seen to break. In HTTP/1.0,
which nginx speaks to what stands behind it unless told otherwise, the end of the
connection is the end of the answer: half a file would look like all of it.
"""

from collections.abc import Callable, Iterator
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Final, cast

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

_PIECE: Final = 1 << 18
# It is read as it comes, and ends with an event that says so.
_EVENTS: Final = "text/event-stream"


class WholeAnswerMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if isinstance(response, StreamingHttpResponse) and _ends_unseen(
            request, response
        ):
            _gather(response)
        return response


def _ends_unseen(request: HttpRequest, response: StreamingHttpResponse) -> bool:
    return (
        request.META.get("SERVER_PROTOCOL") == "HTTP/1.0"
        and request.method != "HEAD"
        and response.status_code == 200
        and "Content-Length" not in response
        and not response.get("Content-Type", "").startswith(_EVENTS)
    )


def _gather(response: StreamingHttpResponse) -> None:
    """On disk: what is streamed may be larger than memory.

    An error is raised before a byte was sent, so that it is answered as one.
    """
    spool = TemporaryFile()  # noqa: SIM115 - the answer closes it
    try:
        for chunk in cast("Iterator[bytes]", response.streaming_content):
            spool.write(chunk)
    except BaseException:
        spool.close()
        response.close()
        raise
    response["Content-Length"] = str(spool.tell())
    spool.seek(0)
    response.streaming_content = _pieces(spool)
    # A generator that was never asked for anything would not close it.
    response._resource_closers.append(  # type: ignore[attr-defined] # noqa: SLF001 - the stubs leave it out
        spool.close
    )


def _pieces(spool: IO[bytes]) -> Iterator[bytes]:
    yield from iter(partial(spool.read, _PIECE), b"")
