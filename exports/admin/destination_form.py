"""The form of a destination: what is said in it is read as the API reads it."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from customers.actors import Actor
from exports import policy
from exports.admin import refusals
from exports.delivery import naming
from exports.destination_bodies import (
    ADDRESSES,
    CHANGEABLE,
    NEW,
    SSH_PORT,
    changed,
    fields,
    new,
)
from exports.destinations import SCOPE
from exports.errors import ExportError
from exports.models import Destination
from exports.pipeline.payloads import check_payload
from exports.states import DestinationKind

SECRETS = (
    *("access_key_id", "secret_access_key"),
    *("password", "private_key", "passphrase"),
)

KINDS: Final = [(str(kind), kind.upper()) for kind in DestinationKind]


class HiddenText(UnfoldAdminTextareaWidget):  # type: ignore[misc] # unfold has no types
    """A secret of many lines: what was typed is not written into the page again."""

    def format_value(self, value: Any) -> str:
        del value
        return ""


def _text(label: Any, *, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        help_text=help_text,
        widget=UnfoldAdminTextInputWidget(),
    )


def _secret(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )


class DestinationForm(forms.ModelForm[Destination]):
    actor: Actor
    """Who is at the form; the admin sets it."""

    endpoint = _text(_("Endpoint (S3)"), help_text=_("Left empty, it is Amazon's"))
    region = _text(_("Region (S3)"))
    bucket = _text(_("Bucket (S3)"))
    host = _text(_("Host (SFTP)"))
    port = forms.IntegerField(
        label=_("Port (SFTP)"),
        required=False,
        initial=SSH_PORT,
        widget=UnfoldAdminIntegerFieldWidget(),
    )
    user = _text(_("User (SFTP)"))
    host_key = _text(
        _("Host key (SFTP)"), help_text=_("What ssh-keyscan prints after the host")
    )
    access_key_id = _secret(_("Access key id (S3)"))
    secret_access_key = _secret(_("Secret access key (S3)"))
    password = _secret(_("Password (SFTP)"))
    private_key = forms.CharField(
        label=_("Private key (SFTP)"), required=False, widget=HiddenText()
    )
    passphrase = _secret(_("Passphrase of the private key (SFTP)"))

    class Meta:
        model = Destination
        fields = ("business", "name", "kind", "path")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            kind: Any = self.fields["kind"]
            kind.choices = [("", "–"), *KINDS]
        if self.instance._state.adding:
            self.fields["path"].initial = naming.DEFAULT
        if not self.instance._state.adding and "host_key" in self.fields:
            kept = self.instance.address.get("host_key", "")
            self.fields["host_key"].initial = kept

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            self._check()
        except ExportError as error:
            self._tell(error)
        return cleaned

    def _check(self) -> None:
        body = self.body()
        check_payload(body)
        if self.instance._state.adding:
            policy.granted(self.actor, SCOPE, body["business_id"])
            new(fields(body, NEW))
        else:
            changed(fields(body, CHANGEABLE), kind=self.instance.kind)

    def _tell(self, error: ExportError) -> None:
        """Beside the field that it is of; what is of none, above them all."""
        told = [(each["field"], each["message"]) for each in error.details]
        for name, message in told or [("", error.message)]:
            own = name.rpartition(".")[2]
            place = own if own in self.fields else None
            self.add_error(place, ValidationError(refusals.told(message)))

    def body(self) -> dict[str, Any]:
        """What would be sent over HTTP; what was left empty is left out."""
        data = self.cleaned_data
        is_new = self.instance._state.adding
        kind = data["kind"] if is_new else self.instance.kind
        names = (*ADDRESSES[kind], "name", "path") if is_new else ("name", "path")
        if not is_new and kind == DestinationKind.SFTP:
            names = (*names, "host_key")
        given = {name: data[name] for name in names if data.get(name) not in (None, "")}
        secret = {name: data[name] for name in SECRETS if data.get(name)}
        if secret or is_new:
            given["credentials"] = secret
        if is_new:
            given |= {"business_id": data["business"].pk, "kind": kind}
        return given
