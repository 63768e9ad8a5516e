"""Templates in the admin: the same checks, and the same trail, as over HTTP."""

import re
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from customers.actors import Actor
from customers.admin.acting import person
from customers.admin.owned import BusinessFilter, OwnedAdmin, choice_filter
from customers.models import Business
from exports import policy
from exports.admin import called, refusals
from exports.errors import ExportError
from exports.pipeline.datasets import DATASETS
from exports.pipeline.payloads import check_payload
from templates_app import changes, drafts
from templates_app.admin.new_export import EXPORTING, may_export, new_export
from templates_app.models import ExportTemplate
from templates_app.saved import problems

_BOXES: Final = {"id": "slug", "type": "export_type"}
"""Fields of the API that are called otherwise here."""


class TemplateForm(forms.ModelForm[ExportTemplate]):
    actor: Actor
    """Who is at the form; the admin sets it."""
    # What stands in a box is checked as it is over HTTP, and refused in the same words.
    export_type = forms.CharField(
        label=_("Type"),
        widget=UnfoldAdminSelectWidget(
            choices=[each for each in called.types() if each[0] in DATASETS]
        ),
    )
    format = forms.CharField(
        label=_("Format"),
        widget=UnfoldAdminSelectWidget(choices=called.formats()),
    )

    sort_order = forms.CharField(
        label=_("Direction"),
        widget=UnfoldAdminSelectWidget(
            choices=[("asc", _("Upwards")), ("desc", _("Downwards"))]
        ),
    )

    class Meta:
        model = ExportTemplate
        help_texts = {
            "columns": _(
                "JSON, as are the filters. By check and without JSON: New export, and"
                " there Save as a template."
            )
        }
        fields = (
            *("business", "slug", "name", "description", "export_type", "format"),
            *("columns", "filters", "sort_by", "sort_order", "options"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            self._check()
        except ExportError as error:
            self._tell(error)
        return cleaned

    def _tell(self, error: ExportError) -> None:
        """Beside the field that it is of; what is of none, above them all."""
        told = [(each["field"], each["message"]) for each in error.details]
        for name, message in told or [("", error.message)]:
            own = re.split(r"[.\[]", name)[0]
            own = _BOXES.get(own, own)
            place = own if own in self.fields else None
            self.add_error(place, ValidationError(refusals.told(message)))

    def _check(self) -> None:
        body = self.body()
        check_payload(body)
        owner = body["business_id"]
        grant = policy.granted(self.actor, "templates:write", owner)
        drafts.read(body, business_id=owner, clearance=grant.clearance)
        if self.instance._state.adding:
            changes.check_free(owner, drafts.slug(body))

    def body(self) -> dict[str, Any]:
        """What would be sent over HTTP."""
        row = self.instance if not self.instance._state.adding else None
        data = self.cleaned_data
        owner = row.business_id if row else data["business"].id
        names = ("name", "description", *drafts.SPEC_FIELDS)
        return {
            "id": row.slug if row else data["slug"],
            "business_id": owner,
            "type": data["export_type"],
            **{name: data[name] for name in names},
        }


@admin.register(ExportTemplate)
class TemplateAdmin(OwnedAdmin[ExportTemplate]):
    form = TemplateForm
    list_display = (
        *("slug", "business", "name", "type_name", "format_name"),
        *("version", "runs", "updated_at", "use"),
    )
    list_filter = (
        BusinessFilter,
        choice_filter("export_type", _("type"), called.types()),
        choice_filter("format", _("format"), called.formats()),
    )
    list_select_related = ("business",)
    search_fields = ("slug", "name", "business__id")
    ordering = ("business", "slug")

    @admin.display(description=_("type"), ordering="export_type")
    def type_name(self, row: ExportTemplate) -> Any:
        return called.type_name(row.export_type)

    @admin.display(description=_("format"), ordering="format")
    def format_name(self, row: ExportTemplate) -> str:
        return called.format_name(row.format)

    @admin.display(description=_("runs"))
    def runs(self, row: ExportTemplate) -> Any:
        wrong = problems(row.value().spec(), business_id=row.business_id)
        return _("no: what it names is gone") if wrong else _("yes")

    @admin.display(description=_("use"))
    def use(self, row: ExportTemplate) -> SafeString:
        """The page where it is run, and where its columns are chosen by check."""
        query = urlencode({"business": row.business_id, "template": row.slug})
        link = f"{reverse('admin:new_export')}?{query}"
        words = _("Open in New export")
        return format_html(
            '<a class="underline" href="{}" aria-label="{}: {}">{}</a>',
            *(link, words, row.name, words),
        )

    def get_readonly_fields(
        self,
        request: HttpRequest,
        obj: ExportTemplate | None = None,
    ) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("business", "slug", *(("use",) if may_export(request) else ()))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        names = super().get_list_display(request)
        return [name for name in names if name != "use" or may_export(request)]

    def get_form(
        self,
        request: HttpRequest,
        obj: ExportTemplate | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 -- the hook
        **kwargs: Any,
    ) -> Any:
        made = super().get_form(request, obj, change=change, **kwargs)
        return type("TemplateForm", (made,), {"actor": person(request).actor})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(person(request).reach(roles=EXPORTING))

    def has_change_permission(
        self, request: HttpRequest, obj: ExportTemplate | None = None
    ) -> bool:
        reach = person(request).reach(roles=EXPORTING)
        return bool(reach) if obj is None else obj.business_id in reach

    has_delete_permission = has_change_permission

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """The one foreign key: the businesses that templates may be saved for."""
        reach = person(request).reach(roles=EXPORTING)
        kwargs["queryset"] = Business.objects.filter(reach.rows("id")).order_by("id")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.new_export_view)
        return [path("new-export/", view, name="new_export"), *super().get_urls()]

    def new_export_view(self, request: HttpRequest) -> HttpResponse:
        return new_export(request, self.admin_site.each_context(request))

    def save_model(
        self,
        request: HttpRequest,  # noqa: ARG002 -- the hook
        obj: ExportTemplate,
        form: TemplateForm,
        change: bool,  # noqa: FBT001 -- the hook
    ) -> None:
        body, now = form.body(), timezone.now()
        owner = body["business_id"]
        if change:
            changes.replace(
                obj.slug, body, actor=form.actor, business_id=owner, now=now
            )
        else:
            changes.create(body, actor=form.actor, now=now)
        rows = ExportTemplate.objects.for_business(owner)
        stored = rows.get(slug=body["id"])
        obj.pk, obj.version = stored.pk, stored.version
        obj._state.adding = False

    def delete_model(self, request: HttpRequest, obj: ExportTemplate) -> None:
        owner = obj.business_id
        changes.delete(obj.slug, actor=person(request).actor, business_id=owner)

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[ExportTemplate]
    ) -> None:
        for row in queryset:
            self.delete_model(request, row)
