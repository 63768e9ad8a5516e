"""Staff signing in to the admin: how often, and what the log says of those who fail."""

from typing import Any

from django.contrib.admin import site
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django_ratelimit.decorators import ratelimit
from django_ratelimit.exceptions import Ratelimited
from unfold.forms import AuthenticationForm

from customers import security
from customers.addresses import client_address


class SignInForm(AuthenticationForm):  # type: ignore[misc] # unfold has no types
    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            # Not the name: people type their password into that field, too.
            _refused(self.request, "not let in")
            raise
        return cleaned


def _address(group: str, request: HttpRequest) -> str:
    del group
    return client_address(request)


site.login_form = SignInForm
# A password cannot be guessed at leisure: ten tries a minute from one address.
_guarded = ratelimit(key=_address, rate="10/m", method="POST")(site.login)


def sign_in(request: HttpRequest) -> HttpResponseBase:
    """:raises Ratelimited: too many tries from one address."""
    try:
        answer: HttpResponseBase = _guarded(request)
    except Ratelimited:
        _refused(request, "too many tries")
        raise
    return answer


def _refused(request: HttpRequest | None, reason: str) -> None:
    address = client_address(request) if request is not None else ""
    security.refused("sign_in_refused", reason=reason, ip_address=address)
