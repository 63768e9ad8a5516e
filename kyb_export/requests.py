"""Every request has an id, and a line in the log once its answer has ended.

The id is the caller's own when well-formed, else a new one.
"""

import re
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any, Final

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

from customers.actors import Actor
from customers.addresses import client_address
from customers.ids import new_id
from customers.redaction import holds_credential
from kyb_export.routes import route_of

HEADER: Final = "X-Request-ID"
_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_logger: Final = structlog.stdlib.get_logger("kyb.request")


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        given = request.headers.get(HEADER, "")
        request_id = given if _is_well_formed(given) else str(new_id())
        request.request_id = request_id  # type: ignore[attr-defined] # read by views
        # What a thread had of an answer that never ended is not this request's.
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        response = self._get_response(request)
        response[HEADER] = request_id
        # Django closes an answer once its last byte was sent, or its client has gone;
        # a stream has no other end that is always reached.
        response._resource_closers.append(  # type: ignore[attr-defined] # noqa: SLF001 - the stubs leave it out; see above
            partial(_ended, request, response, began)
        )
        return response


def _is_well_formed(given: str) -> bool:
    """A credential is none: the id is kept and shown."""
    return bool(_WELL_FORMED.fullmatch(given)) and not holds_credential(given)


def _ended(request: HttpRequest, response: HttpResponse, began: float) -> None:
    _logger.info(
        "request",
        method=request.method,
        route=route_of(request),
        status=response.status_code,
        seconds=round(perf_counter() - began, 4),
        actor=_actor(request),
        ip_address=client_address(request),
    )
    clear_contextvars()


def _actor(request: HttpRequest) -> str | None:
    actor: Any = getattr(request, "auth", None)
    if isinstance(actor, Actor):
        return f"{actor.kind}:{actor.id}"
    # As far as somebody has looked already: a line of the log asks no database.
    user: Any = getattr(request, "_cached_user", None)
    return f"staff:{user.pk}" if user is not None and user.is_authenticated else None
