"""Every address of ``/api/admin``: who may ask it, how often, what is noted of it."""

import logging
from typing import Any, ClassVar, Final

from django.db import Error
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers import audit
from customers.actors import Actor
from customers.addresses import client_address
from customers.authentication import (
    StaffSessionAuthentication,
    StaffTokenAuthentication,
)
from customers.models import User
from customers.permissions import EXPORT_CUSTOMER, IsKnown
from exports.customer360 import faults, limits
from exports.throttles import Verdict
from exports.views import chunked
from exports.views.answers import AnyAccept
from exports.views.parsers import BoundedJSONParser

logger = logging.getLogger(__name__)
_NOT_KEPT: Final = {
    "Cache-Control": "private, no-cache, no-store, must-revalidate",
    "Pragma": "no-cache",
    "Expires": "0",
}


# No docstring: the document would take it for the description of every operation.
class StaffView(APIView):
    authentication_classes = [StaffTokenAuthentication, StaffSessionAuthentication]
    permission_classes = [IsKnown]
    parser_classes = [BoundedJSONParser]
    content_negotiation_class = AnyAccept
    limit_kind: ClassVar[str] = ""
    """Which limit a request counts under; empty: none."""
    audited: ClassVar[str] = ""
    """The action that refusals are recorded as; empty: they are not."""
    business_id: str | None = None
    """Whose things are asked for, once it is known that they may be told of."""
    _verdict: Verdict | None = None

    def get_exception_handler(self) -> Any:
        return faults.handle

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        chunked.gather(request)

    def check_throttles(self, request: Request) -> None:
        if self.limit_kind:
            self._verdict = limits.hit(self.limit_kind, request)
            limits.check(self._verdict)
            limits.guard_session(request)

    def handle_exception(self, exc: Exception) -> Response:
        answer = super().handle_exception(exc)
        if self.audited and answer.status_code >= 400:
            _record_refusal(self, answer)
        return answer

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        told = limits.headers(self._verdict) if self._verdict else {}
        for name, value in (told | _NOT_KEPT).items():
            answer[name] = value
        return answer

    def object_id(self) -> str:
        """What a refusal is recorded with."""
        return ""


def account(request: Request) -> User:
    """Of the token or the session: a request without one is refused before."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("the view lets in requests without an account")
    return user


def check_anywhere(request: Request) -> None:
    """:raises Forbidden: they may export no customer at all."""
    if not account(request).has_perm(EXPORT_CUSTOMER):
        raise faults.no_permission(EXPORT_CUSTOMER)


def _record_refusal(view: StaffView, answer: Response) -> None:
    request = view.request
    try:
        audit.record(
            view.audited,
            actor=_actor(request),
            business_id=view.business_id,
            object_type="customer",
            object_id=view.object_id(),
            outcome="refused" if answer.status_code < 500 else "failed",
            details={"status": answer.status_code, "code": answer.data["code"]},
        )
    except Error:
        # Nothing of theirs was given: the answer says why.
        logger.exception("a refusal could not be recorded")


def _actor(request: Request) -> Actor:
    """Of a request that nobody stands behind: the service itself."""
    if isinstance(request.auth, Actor):
        return request.auth
    return Actor(
        kind="system",
        id="system",
        label="nobody signed in",
        request_id=str(getattr(request, "request_id", "")),
        ip_address=client_address(request),
    )
