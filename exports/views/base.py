"""What every endpoint of ``/v1`` has in common; views differ by data alone."""

from collections.abc import Mapping
from typing import Any, Final

from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from customers import guard
from customers.actors import Actor
from exports import throttles
from exports.errors import RateLimited
from exports.views import chunked
from exports.views.answers import AnyAccept
from exports.views.parsers import BoundedJSONParser
from exports.views.replays import ReplayingView


# No docstring: the document would take it for the description of every operation.
class ApiViewSet(ReplayingView, viewsets.ViewSet):
    # What they are is in the document: OPTIONS tells nothing besides.
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    content_negotiation_class = AnyAccept
    parser_classes = [BoundedJSONParser]
    lookup_value_regex = "[^/]+"
    limit_kinds: Mapping[str, str] = {}
    """Which limit an action counts under; others under "other"."""
    debugging: frozenset[str] = frozenset()
    """The actions that take X-Debug."""
    _verdict: throttles.Verdict | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        chunked.gather(request)
        self.begin(request)

    @staticmethod
    def wants_debug(request: Request) -> bool:
        return request.headers.get("X-Debug", "").lower() == "true"

    def check_throttles(self, request: Request) -> None:
        """:raises RateLimited: too many of their calls lie in the last minute."""
        if isinstance(request.auth, Actor):
            self.count(f"{request.auth.kind}:{request.auth.id}")
            self._guard(request, request.auth)

    def _guard(self, request: Request, actor: Actor) -> None:
        """:raises RateLimited: this person began too many exports of any kind."""
        kind = self.limit_kinds.get(self.action or "")
        if actor.kind != "staff" or kind not in _BEGUN:
            return
        seconds = guard.wait_of("export", actor, request=request)
        if seconds is not None:
            raise RateLimited(
                "too many exports were begun in the admin", retry_after=seconds
            )

    def count(self, who: str) -> None:
        """:raises RateLimited: too many of their calls lie in the last minute."""
        kind = self.limit_kinds.get(self.action or "", "other")
        verdict = self._verdict = throttles.hit(kind, who)
        if not verdict.allowed:
            raise RateLimited(
                f"{verdict.limit} {_CALLS[kind]} a minute are allowed",
                retry_after=verdict.retry_after,
            )

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if self._verdict is not None:
            for name, value in self._verdict.headers.items():
                answer[name] = value
        return answer


_BEGUN: Final = frozenset({"exports", "jobs"})
_CALLS: Final = {
    "exports": "exports",
    "jobs": "creations of jobs",
    "templates": "calls to templates",
    "downloads": "downloads",
    "other": "calls",
}
