"""Staff signing in and out: how often, who fails, and what the trail keeps of it."""

from typing import Any, Final

from django.contrib.admin import site
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from unfold.forms import AuthenticationForm

from customers import audit, guard, security
from customers.addresses import client_address
from customers.authentication import actor_for_user
from customers.models import User

_FOUND: Final = 302
"""What a form that was taken answers with."""


class SignInForm(AuthenticationForm):  # type: ignore[misc] # unfold has no types
    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            # Not the name: people type their password into that field, too.
            _refused(self.request, "not let in")
            raise
        return cleaned


site.login_form = SignInForm


def sign_in(request: HttpRequest) -> HttpResponseBase:
    """A password cannot be guessed at leisure: tries from one address are counted."""
    if request.method != "POST":
        return site.login(request)
    seconds = guard.wait("sign_in", client_address(request), request=request)
    if seconds is not None:
        return _too_many(request, seconds)
    # No transaction: a writer must not wait for the hashing of a password. Nobody is
    # signed in whose event is not written: their session is kept after that.
    answer = site.login(request)
    if answer.status_code == _FOUND:
        _record("staff.signed_in", request.user, request)
    return answer


def _sign_out(request: HttpRequest) -> HttpResponseBase:
    if request.method == "POST":
        _record("staff.signed_out", request.user, request)
    return site.logout(request)


def _change_password(request: HttpRequest) -> HttpResponseBase:
    with transaction.atomic():
        answer = site.password_change(request)
        if request.method == "POST" and answer.status_code == _FOUND:
            _record("staff.password_changed", request.user, request)
    return answer


sign_out = site.admin_view(_sign_out)
change_password = site.admin_view(_change_password, cacheable=True)


def _record(action: str, user: Any, request: HttpRequest) -> None:
    """Of somebody who is signed in: of no business."""
    if not isinstance(user, User):
        return
    actor = actor_for_user(
        user,
        request_id=str(getattr(request, "request_id", "")),
        ip_address=client_address(request),
    )
    audit.record(
        action,
        actor=actor,
        business_id=None,
        object_type="user",
        object_id=str(user.pk),
    )


def _too_many(request: HttpRequest, seconds: int) -> HttpResponseBase:
    request.limited = True  # type: ignore[attr-defined] # the metrics look for it
    _refused(request, "too many tries")
    told = {**site.each_context(request), "seconds": seconds}
    answer = TemplateResponse(request, "customers/admin/too_many.html", told)
    answer.status_code = 429
    answer["Retry-After"] = str(seconds)
    return answer


def _refused(request: HttpRequest | None, reason: str) -> None:
    address = client_address(request) if request is not None else ""
    security.refused("sign_in_refused", reason=reason, ip_address=address)
