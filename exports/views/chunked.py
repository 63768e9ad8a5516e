"""A body without a length, sent in chunks, is read like any other.

Django reads as many bytes as Content-Length says, and none without it: a change would
be answered as if nothing had been asked for.
"""

from io import BytesIO
from typing import Any

from rest_framework.request import Request

from exports.views.parsers import MAX_BYTES


def gather(request: Request) -> None:
    """To be called once the caller is known: others would hold a thread for nothing.

    What is larger than a body may be is left to whoever reads it, who refuses it.
    """
    meta = request.META
    # Such a server ends the body itself; another would wait for more.
    if not meta.get("wsgi.input_terminated") or meta.get("CONTENT_LENGTH"):
        return
    if "HTTP_TRANSFER_ENCODING" not in meta:
        return
    body = meta["wsgi.input"].read(MAX_BYTES + 1)
    meta["CONTENT_LENGTH"] = str(len(body))
    wrapped: Any = request._request  # noqa: SLF001 - Django reads from its stream alone
    wrapped._stream = BytesIO(body)  # noqa: SLF001 - see above
