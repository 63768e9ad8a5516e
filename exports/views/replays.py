"""An Idempotency-Key over HTTP: who asks twice with one gets the first answer again."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final, Protocol

from django.db import transaction
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.actors import Actor
from exports import files, idempotency
from exports.errors import ExportError
from exports.models import IdempotencyRecord
from exports.views.answers import caller

REPLAYED: Final = "Idempotent-Replayed"
_PASSING: Final = frozenset({409, 429})
"""Nothing was made, and a moment later it may be otherwise."""
_KEPT_HEADERS: Final = ("Location", "Retry-After", "Link")


class Note(Protocol):
    """Says what was made, and whose it is."""

    def __call__(self, made: str, *, business_id: str) -> None: ...


class _Known(Exception):
    """The answer is there already: no handler has to make one."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


# No docstring: the document would take it for the description of every operation.
class ReplayingView(APIView):
    creating: frozenset[str] = frozenset()
    """The actions that take an Idempotency-Key; of a view without actions, methods."""
    _claim: idempotency.Claim | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._holding = ExitStack()

    def takes_key(self, method: str) -> bool:
        return (getattr(self, "action", None) or method.lower()) in self.creating

    def begin(self, request: Request) -> None:
        """Ends the request with the first answer, when its key has one.

        To be called once the caller is known, and may ask at all.
        """
        key = request.headers.get(idempotency.HEADER)
        method = str(request.method)
        if key is None or not self.takes_key(method):
            return
        path = request.get_full_path()
        asked = idempotency.Asked(key, method, path, request.body)
        actor = caller(request)
        begun = idempotency.begin(asked, actor=actor, now=timezone.now())
        if isinstance(begun, IdempotencyRecord):
            business_id = begun.business_id
            if business_id is not None and not self.may_replay(request, business_id):
                # They have lost the business: refused like anybody without it.
                return
            known = self._known(begun, actor)
            if known is not None:
                raise _Known(known)
            begun = idempotency.anew(begun, now=timezone.now())
        self._claim = begun
        self._holding.enter_context(idempotency.held(begun))

    def may_replay(self, request: Request, business_id: str) -> bool:
        """Whether who asks may still be told of what was made there."""
        return caller(request).grant(business_id) is not None

    def _known(self, record: IdempotencyRecord, actor: Actor) -> Response | None:
        if record.status is not None:
            return _replay(record, actor)
        answer = self.remade(record)
        if answer is not None:
            answer[REPLAYED] = "true"
        return answer

    def remade(self, record: IdempotencyRecord) -> Response | None:
        """The answer with what there is, when its maker did not live to give one.

        None when it came to nothing, and is to be made anew.

        :raises Conflict: it is still being made.
        """
        raise NotImplementedError

    @contextmanager
    def noting(self) -> Iterator[Note]:
        """What is made in it becomes known together with the caller's key, or not."""
        claim = self._claim
        if claim is None:
            yield _unnoted
            return
        with transaction.atomic():
            yield lambda made, *, business_id: idempotency.note(
                claim, made, business_id=business_id
            )

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, _Known):
            return exc.response
        return super().handle_exception(exc)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        self._holding.close()
        if self._claim is not None:
            _settle(self._claim, answer)
        return answer


def _unnoted(made: str, *, business_id: str) -> None:
    """Who sends no key asks for nothing to be kept."""


def _settle(claim: idempotency.Claim, answer: HttpResponseBase) -> None:
    status = answer.status_code
    if not isinstance(answer, Response) or status >= 500 or status in _PASSING:
        idempotency.release(claim)
        return
    idempotency.settle(claim, status=status, headers=_kept(answer), body=answer.data)


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
    return files.link(file, reader=actor)
