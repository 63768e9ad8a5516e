"""The page that makes an API key, and shows its text once."""

from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from customers import guard, ids, keys
from customers.actors import SCOPES
from customers.admin.acting import Reach, person
from customers.models import Business

_MOST_NETWORKS: Final = 100
WORDS: Final[Mapping[str, Any]] = {
    "exports:write": _("begin exports"),
    "exports:read": _("read exports and their files"),
    "templates:write": _("change templates"),
    "schedules:write": _("change schedules"),
    "webhooks:write": _("change webhooks"),
    "custom_query": _("ask with a query of its own"),
    "pii:read": _("see personal and sensitive columns"),
}


class KeyForm(forms.Form):
    """:ivar key_id: of the key to be; sent twice, it is still one key."""

    key_id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("What will use it."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    businesses = forms.ModelMultipleChoiceField(
        Business.objects.none(),
        label=_("Businesses"),
        help_text=_("It opens these, and no others."),
        widget=UnfoldAdminSelectMultipleWidget,
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=[(name, name) for name in SCOPES],
        initial=("exports:write", "exports:read"),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    expires_at = forms.DateTimeField(
        label=_("Valid until (UTC)"),
        required=False,
        help_text=_("Empty: until it is revoked."),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )
    networks = forms.CharField(
        label=_("Networks"),
        required=False,
        help_text=_(
            "One a line, as 192.0.2.0/24 or 2001:db8::/32. Empty: from anywhere."
        ),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def __init__(self, reach: Reach, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        own = Business.objects.filter(reach.rows("id")).order_by("name", "id")
        businesses, scopes = self.fields["businesses"], self.fields["scopes"]
        businesses.queryset = own  # type: ignore[attr-defined] # of a choice of rows
        scopes.choices = [  # type: ignore[attr-defined] # of a choice
            (name, f"{name}: {WORDS[name]}") for name in SCOPES
        ]

    def clean_expires_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["expires_at"]
        if moment is not None and moment <= timezone.now():
            raise ValidationError(_("This moment has passed."))
        return moment.astimezone(UTC) if moment else None

    def clean_networks(self) -> list[str]:
        lines = self.cleaned_data["networks"].replace(",", "\n").split()
        if len(lines) > _MOST_NETWORKS:
            raise ValidationError(
                _("%(most)s networks at most."), params={"most": _MOST_NETWORKS}
            )
        found, wrong = [], []
        for line in lines:
            try:
                found.append(_network(line))
            except ValidationError as error:
                wrong.append(error)
        if wrong:
            raise ValidationError(wrong)
        return list(dict.fromkeys(found))


def _network(text: str) -> str:
    shown = {"text": text[:60]}
    try:
        wide = ip_network(text, strict=False)
    except ValueError as error:
        raise ValidationError(
            _("“%(text)s” is neither an address nor a network."), params=shown
        ) from error
    try:
        return str(ip_network(text))
    except ValueError as error:
        raise ValidationError(
            _("“%(text)s” is an address in a network: did you mean %(wide)s?"),
            params=shown | {"wide": str(wide)},
        ) from error


def page(request: HttpRequest, reach: Reach, context: dict[str, Any]) -> HttpResponse:
    """The form; or the new key, this once."""
    if request.method != "POST":
        form = KeyForm(reach, initial={"key_id": ids.new_id()})
        return _asked(request, form, context)
    actor = person(request).actor
    seconds = guard.wait_of("new_key", actor, request=request)
    form = KeyForm(reach, request.POST)
    if seconds is not None:
        often = _("Too many keys were asked for: try again in %(seconds)s s.")
        form.add_error(None, ValidationError(often, params={"seconds": seconds}))
        return _asked(request, form, context, status=429)
    if not form.is_valid():
        return _asked(request, form, context)
    try:
        key, text = keys.issue(actor=actor, now=timezone.now(), **form.cleaned_data)
    except IntegrityError:  # the same form once more: the page was loaded again
        messages.warning(request, _("This key has been made. Its text is not kept."))
        return redirect("admin:customers_apikey_changelist")
    told = {**context, "key": key, "text": text, "title": _("The new key")}
    answer = TemplateResponse(request, "customers/admin/made_key.html", told)
    return _unkept(answer)


def _asked(
    request: HttpRequest, form: KeyForm, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    told = {**context, "form": form, "title": _("New API key")}
    template = "customers/admin/new_key.html"
    return TemplateResponse(request, template, told, status=status)


def _unkept(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
