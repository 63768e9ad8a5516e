"""Every request has an id: the caller's own when well-formed, else a new one."""

import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from customers.ids import new_id

HEADER: Final = "X-Request-ID"
_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request_id = given if _WELL_FORMED.fullmatch(given) else str(new_id())
        request.request_id = request_id  # type: ignore[attr-defined] # read by views
        response = self._get_response(request)
        response[HEADER] = request_id
        return response
