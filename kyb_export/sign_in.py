"""Staff signing in to the admin: how often, and what the log says of those who fail."""

from typing import Any

from django.contrib.admin import site
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from unfold.forms import AuthenticationForm

from customers import guard, security
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


site.login_form = SignInForm


def sign_in(request: HttpRequest) -> HttpResponseBase:
    """A password cannot be guessed at leisure: tries from one address are counted."""
    if request.method == "POST":
        seconds = guard.wait("sign_in", client_address(request), request=request)
        if seconds is not None:
            return _too_many(request, seconds)
    return site.login(request)


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
