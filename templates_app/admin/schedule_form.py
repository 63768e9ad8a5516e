"""A schedule as staff fill it in: it goes through the checks of the API."""

import json
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from customers.actors import Actor
from customers.admin.acting import Reach
from customers.models import Business
from exports.admin import refusals
from exports.errors import ExportError
from templates_app import schedule_changes
from templates_app.admin import schedule_times
from templates_app.admin.schedule_times import TimesForm
from templates_app.built_in import BUILT_IN
from templates_app.missed import Missed
from templates_app.models import ExportTemplate, Schedule
from templates_app.schedule_drafts import MAX_NAME

TEMPLATE, EXPORT, CUSTOMERS = "template", "export", "customers"
_WHAT: Final = ("what", "template", "export", "customer_360")
_OPTIONS: Final = ("missed", "data_range", "only_if_changed", "only_if_not_empty")
_MOST_TEMPLATES: Final = 1000
MISSED: Final = {
    str(Missed.RUN_ONCE): _("runs once, for the last time that was due"),
    str(Missed.SKIP): _("does not run"),
    str(Missed.CATCH_UP): _("runs for each time, with the data of that time"),
}
DATA: Final = {
    str(Schedule.DataRange.AS_ASKED): _("as the export asks for it"),
    str(Schedule.DataRange.SINCE_PREVIOUS): _("what came since the run before"),
    str(Schedule.DataRange.CHANGES): _("what changed, and what is gone, since then"),
}


class _Json(forms.JSONField):
    def prepare_value(self, value: Any) -> Any:
        if value is None:
            return ""
        if isinstance(value, str):  # as it was typed
            return value
        return json.dumps(value, ensure_ascii=False, indent=2)


def _code(rows: int, example: str) -> UnfoldAdminTextareaWidget:
    attrs = {"rows": str(rows), "spellcheck": "false", "class": "kyb-code"}
    attrs["placeholder"] = example
    return UnfoldAdminTextareaWidget(attrs=attrs)


class ScheduleForm(TimesForm):
    """:ivar row: the schedule that is changed; None: a new one."""

    field_order = (
        *("business", "name", *_WHAT, *schedule_times.FIELDS, *_OPTIONS),
        *("password", "no_password"),
    )
    business = forms.ModelChoiceField(
        label=_("Business"),
        queryset=Business.objects.none(),
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
    )
    name = forms.CharField(
        label=_("Name"), max_length=MAX_NAME, widget=UnfoldAdminTextInputWidget
    )
    what = forms.ChoiceField(
        label=_("What is exported"),
        initial=TEMPLATE,
        choices=(
            (TEMPLATE, _("A template")),
            (EXPORT, _("An export of its own")),
            (CUSTOMERS, _("Whole customers (customer 360)")),
        ),
        widget=UnfoldAdminRadioSelectWidget,
    )
    template = forms.ChoiceField(
        label=_("Template"), required=False, widget=UnfoldAdminSelectWidget
    )
    export = _Json(
        label=_("The export, or what differs from the template"),
        required=False,
        widget=_code(6, '{"filters": {"date_range": "yesterday"}}'),
        help_text=_("JSON. New export puts it together: As a schedule."),
    )
    customer_360 = _Json(
        label=_("Which customers, and how"),
        required=False,
        widget=_code(4, '{"format": "pdf", "filter": {"tag": ["vip"]}}'),
        help_text=_("JSON; the customers are found anew at each run."),
    )
    missed = forms.ChoiceField(
        label=_("What was missed while the service was away"),
        initial=Missed.RUN_ONCE,
        choices=list(MISSED.items()),
        widget=UnfoldAdminSelectWidget,
    )
    data_range = forms.ChoiceField(
        label=_("Data"),
        initial=Schedule.DataRange.AS_ASKED,
        choices=list(DATA.items()),
        widget=UnfoldAdminSelectWidget,
    )
    only_if_changed = forms.BooleanField(
        label=_("Only if something has changed"),
        required=False,
        widget=UnfoldBooleanWidget,
    )
    only_if_not_empty = forms.BooleanField(
        label=_("Only if there are rows"), required=False, widget=UnfoldBooleanWidget
    )

    password = forms.CharField(
        label=_("Password of the files"),
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted, and never shown again."),
    )
    no_password = forms.BooleanField(
        label=_("No password any more"), required=False, widget=UnfoldBooleanWidget
    )

    def __init__(
        self, data: Any, *, reach: Reach, actor: Actor, row: Schedule | None = None
    ) -> None:
        super().__init__(data, initial=_initial(row) if row else None)
        self.row, self._actor = row, actor
        own: Any = self.fields["business"]
        own.queryset = Business.objects.filter(reach.rows("id")).order_by("name", "id")
        if row is None or not row.has_password:
            del self.fields["no_password"]
        if row is not None:
            del self.fields["business"]
            reach = Reach(frozenset({row.business_id}))
        picked: Any = self.fields["template"]
        picked.choices = _templates(reach)

    def save(self, *, now: datetime) -> Schedule | None:
        """None: something is wrong, and each field now says what."""
        try:
            if self.row is None:
                return schedule_changes.create(self._body(), actor=self._actor, now=now)
            return schedule_changes.amend(
                self.row.schedule_id, self._changes(), actor=self._actor, now=now
            )
        except ExportError as error:
            self._tell(error)
            return None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        owner, _slash, slug = cleaned.get("template", "").rpartition("/")
        if cleaned.get("what") == TEMPLATE and not slug:
            self.add_error("template", _("Choose a template."))
        elif owner and owner != self._business().id:
            self.add_error("template", _("This template is another business's."))
        return cleaned

    def _business(self) -> Business:
        if self.row is not None:
            return self.row.business
        return self.cleaned_data.get("business") or Business()

    def _body(self) -> dict[str, Any]:
        """What would be sent over HTTP."""
        return {
            "business_id": self._business().id,
            "name": self.cleaned_data["name"],
            **self._export(),
            **self.times(self._business()),
            **{name: self.cleaned_data[name] for name in _OPTIONS},
            **self._password(),
        }

    def _changes(self) -> dict[str, Any]:
        """What is left as it was says nothing, and so does not change the owner."""
        changed = set(self.changed_data)
        body: dict[str, Any] = {
            name: self.cleaned_data[name]
            for name in ("name", *_OPTIONS)
            if name in changed
        }
        if changed & set(_WHAT):
            body |= self._export()
        if changed & set(schedule_times.FIELDS):
            body |= self.times(self._business())
        return body | self._password()

    def _password(self) -> dict[str, Any]:
        """Left empty it says nothing: one that is kept stays."""
        if self.cleaned_data.get("no_password"):
            return {"password": None}
        given = self.cleaned_data["password"]
        return {"password": given} if given else {}

    def _export(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data["what"] == CUSTOMERS:
            return {"export": None, "customer_360": data["customer_360"] or {}}
        export = data["export"] if data["export"] is not None else {}
        if data["what"] == TEMPLATE and isinstance(export, dict):
            slug = data["template"].rpartition("/")[2]
            export = {**export, "template_id": slug}
        return {"export": export, "customer_360": None}

    def _tell(self, error: ExportError) -> None:
        for detail in error.details or [{"field": "", "message": error.message}]:
            name, _dot, of_export = detail["field"].partition(".")
            if of_export == "template_id":
                name = "template"
            name = "business" if name == "business_id" else name
            message = refusals.told(detail["message"])
            self.add_error(name if name in self.fields else None, message)


def _initial(row: Schedule) -> dict[str, Any]:
    names = ("name", *_OPTIONS)
    held = {name: getattr(row, name) for name in names}
    held |= schedule_times.times_of(row)
    if row.customers is not None:
        return held | {"what": CUSTOMERS, "customer_360": row.customers}
    export = dict(row.export or {})
    slug = export.pop("template_id", None)
    if slug is None:
        return held | {"what": EXPORT, "export": export}
    chosen = slug if slug in BUILT_IN else f"{row.business_id}/{slug}"
    return held | {"what": TEMPLATE, "template": chosen, "export": export or None}


def _templates(reach: Reach) -> list[tuple[Any, Any]]:
    """Built-in ones, then those of each business."""
    built_in = [(each.id, f"{each.name} ({each.id})") for each in BUILT_IN.values()]
    rows = ExportTemplate.objects.filter(reach.rows()).select_related("business")
    own: dict[str, list[tuple[str, str]]] = {}
    for row in rows.order_by("business__name", "slug")[:_MOST_TEMPLATES]:
        named = (f"{row.business_id}/{row.slug}", f"{row.name} ({row.slug})")
        own.setdefault(str(row.business), []).append(named)
    return [("", "–"), (_("Built-in"), built_in), *own.items()]
