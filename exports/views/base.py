"""What every endpoint of ``/v1`` has in common; views differ by data alone."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from customers.actors import Actor
from customers.models import Business
from exports import files, idempotency, throttles
from exports.errors import ExportError, RateLimited
from exports.models import IdempotencyRecord
from exports.views.answers import AnyAccept, caller
from exports.views.parsers import BoundedJSONParser

REPLAYED: Final = "Idempotent-Replayed"
_KEPT_HEADERS: Final = ("Location", "Retry-After")


class _Known(Exception):
    """The answer is there already: no handler has to make one."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class ApiViewSet(viewsets.ViewSet):
    """:ivar limit_kinds: which limit an action counts under; others under "other".

    :ivar creating: the actions that take an Idempotency-Key.
    :ivar debugging: the actions that take X-Debug.
    """

    content_negotiation_class = AnyAccept
    parser_classes = [BoundedJSONParser]
    limit_kinds: Mapping[str, str] = {}
    creating: frozenset[str] = frozenset()
    debugging: frozenset[str] = frozenset()
    _verdict: throttles.Verdict | None = None
    _claim: idempotency.Claim | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._holding = ExitStack()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        key = request.headers.get(idempotency.HEADER)
        if key is not None and self.action in self.creating:
            self._begin(request, key)

    @staticmethod
    def wants_debug(request: Request) -> bool:
        return request.headers.get("X-Debug", "").lower() == "true"

    def check_throttles(self, request: Request) -> None:
        """:raises RateLimited: too many of their calls lie in the last minute."""
        if isinstance(request.auth, Actor):
            self.count(f"{request.auth.kind}:{request.auth.id}")

    def count(self, who: str) -> None:
        """:raises RateLimited: too many of their calls lie in the last minute."""
        kind = self.limit_kinds.get(self.action or "", "other")
        verdict = self._verdict = throttles.hit(kind, who)
        if not verdict.allowed:
            raise RateLimited(
                f"{verdict.limit} {_CALLS[kind]} a minute are allowed",
                retry_after=verdict.retry_after,
            )

    def _begin(self, request: Request, key: str) -> None:
        asked = idempotency.Asked(
            key, str(request.method), request.get_full_path(), request.body
        )
        actor = caller(request)
        begun = idempotency.begin(asked, actor=actor, now=timezone.now())
        if isinstance(begun, idempotency.Claim):
            self._claim = begun
            self._holding.enter_context(idempotency.held(begun))
        elif begun.business_id is None or actor.grant(begun.business_id):
            raise _Known(_replay(begun, actor))
        # Else they have lost the business, and are refused like anybody without it.

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, _Known):
            return exc.response
        return super().handle_exception(exc)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if self._verdict is not None:
            for name, value in self._verdict.headers.items():
                answer[name] = value
        self._holding.close()
        if self._claim is not None:
            _settle(self._claim, request, answer)
        return answer


_CALLS: Final = {
    "exports": "exports",
    "jobs": "creations of jobs",
    "templates": "calls to templates",
    "downloads": "downloads",
    "other": "calls",
}


def _settle(
    claim: idempotency.Claim, request: Request, answer: HttpResponseBase
) -> None:
    status = answer.status_code
    if not isinstance(answer, Response) or status >= 500 or status == 429:
        idempotency.release(claim)
        return
    idempotency.settle(
        claim,
        status=status,
        headers=_kept(answer),
        body=answer.data,
        business_id=_business_id(request) if status < 400 else None,
    )


def _business_id(request: Request) -> str | None:
    """Whose data the answer may hold, as the body names it."""
    named = request.data.get("business_id") if isinstance(request.data, dict) else None
    known = isinstance(named, str) and Business.objects.filter(pk=named).exists()
    return named if known else None


def _replay(record: IdempotencyRecord, actor: Actor) -> Response:
    body = record.body
    if isinstance(body, dict) and "file_url" in body and "export_id" in body:
        body = body | {"file_url": _link(body["export_id"], actor)}
    headers = record.headers | {REPLAYED: "true"}
    kind = headers.pop("Content-Type", None)
    return Response(body, status=record.status, headers=headers, content_type=kind)


def _kept(answer: Response) -> dict[str, str]:
    kept = {name: answer[name] for name in _KEPT_HEADERS if name in answer}
    return kept | ({"Content-Type": answer.content_type} if answer.content_type else {})


def _link(export_id: str, actor: Actor) -> str | None:
    """Made anew: no signed link is kept."""
    try:
        file = files.find(export_id)
    except ExportError:
        return None
    is_over = file.expires_at <= timezone.now()
    return None if is_over or not actor.grant(file.business_id) else files.link(file)
