"""A webhook as staff fill it in: it goes through the checks of the API."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from customers.actors import Actor
from customers.models import Business
from exports import webhooks
from exports.admin import refusals
from exports.errors import ExportError
from exports.models import Webhook
from exports.states import LISTENED_TO

_FIELDS: Final = ("url", "events", "description", "contact")


class WebhookForm(forms.Form):
    business = forms.ModelChoiceField(
        label=_("Business"),
        queryset=Business.objects.none(),
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
    )
    url = forms.CharField(
        label=_("URL"),
        max_length=2000,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "url"}),
        help_text=_("https, at a public address."),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[(str(event), str(event)) for event in LISTENED_TO],
        initial=[str(event) for event in LISTENED_TO],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=webhooks.MAX_DESCRIPTION,
        widget=UnfoldAdminTextInputWidget,
    )
    contact = forms.CharField(
        label=_("Contact"),
        required=False,
        max_length=254,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "email"}),
        help_text=_("An address that is mailed when the webhook is disabled."),
    )

    def __init__(
        self, data: Any, *, own: Any, actor: Actor, row: Webhook | None = None
    ) -> None:
        """:param own: the businesses that there may be webhooks for."""
        held = {name: getattr(row, name) for name in _FIELDS} if row else None
        super().__init__(data, initial=held)
        self.row, self._actor = row, actor
        if row is not None:
            del self.fields["business"]
        else:
            choice: Any = self.fields["business"]
            choice.queryset = own

    def save(self, *, now: datetime) -> tuple[Webhook, str | None] | None:
        """It, and the secret of a new one; None: each field now says what is wrong."""
        data = self.cleaned_data
        body = {name: data[name] for name in _FIELDS} | {
            "contact": data["contact"] or None
        }
        try:
            if self.row is not None:
                changed = webhooks.change(self.row, body, actor=self._actor, now=now)
                return changed, None
            body["business_id"] = data["business"].pk
            return webhooks.create(body, actor=self._actor, now=now)
        except ExportError as error:
            self._tell(error)
            return None

    def _tell(self, error: ExportError) -> None:
        for detail in error.details or [{"field": "", "message": error.message}]:
            name, message = detail["field"], refusals.told(detail["message"])
            self.add_error(name if name in self.fields else None, message)
