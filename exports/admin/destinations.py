"""Destinations in the admin: the checks and the trail of the API, and a test."""

from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from customers.admin.acting import Role, person
from customers.admin.owned import BusinessFilter, OwnedAdmin, choice_filter
from customers.models import Business
from exports import destinations
from exports.admin import called, refusals
from exports.admin.destination_form import KINDS, SECRETS, DestinationForm
from exports.destination_bodies import ADDRESSES
from exports.models import Delivery, Destination
from exports.states import DestinationKind

_SHOWN: Final = 20


@admin.register(Destination)
class DestinationAdmin(OwnedAdmin[Destination]):
    """Managers act; all see what there is. Credentials are shown to nobody."""

    form = DestinationForm
    actions_detail = ("try_out",)
    list_display = (*("destination", "business", "name", "where", "succeeded_at"),)
    list_filter = (BusinessFilter, choice_filter("kind", _("kind"), KINDS))
    list_select_related = ("business",)
    search_fields = ("name",)
    ordering = ("-created_at", "-id")

    @admin.display(description=_("destination"))
    def destination(self, row: Destination) -> str:
        return row.destination_id

    @admin.display(description=_("kind"))
    def called(self, row: Destination) -> str:
        return dict(KINDS)[row.kind]

    @admin.display(description=_("where"))
    def where(self, row: Destination) -> str:
        """What leads there, the key of its host aside."""
        told = row.address
        if row.kind == DestinationKind.SFTP:
            return f"sftp://{told['user']}@{told['host']}:{told['port']}"
        return f"{told['endpoint']} {told['bucket']} ({told['region']})"

    @admin.display(description=_("brought last"))
    def brought(self, row: Destination) -> SafeString | str:
        rows = Delivery.objects.filter(destination=row).newest_first()
        lines = [_line(each) for each in rows.prefetch_related("attempts")[:_SHOWN]]
        items = format_html_join("", "<li>{} {}: {} {}</li>", lines)
        return format_html("<ul>{}</ul>", items) if lines else "–"

    def get_fields(
        self, request: HttpRequest, obj: Destination | None = None
    ) -> list[Any]:
        del request
        if obj is None:
            names = [name for kind in ADDRESSES for name in ADDRESSES[kind]]
            return ["business", "name", "kind", *names, "path", *SECRETS]
        if obj.kind == DestinationKind.SFTP:
            own = ["host_key", "path", *SECRETS[2:]]
        else:
            own = ["path", *SECRETS[:2]]
        head = ["business", "name", "called", "where"]
        return [*head, *own, "succeeded_at", "created_at", "brought"]

    def get_readonly_fields(
        self,
        request: HttpRequest,  # noqa: ARG002 -- the hook
        obj: Destination | None = None,
    ) -> tuple[str, ...]:
        fixed = ("business", "called", "where", "succeeded_at", "created_at", "brought")
        return fixed if obj else ()

    def get_form(
        self,
        request: HttpRequest,
        obj: Destination | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 -- the hook
        **kwargs: Any,
    ) -> Any:
        # Those of the table alone: the form has the others by itself.
        names = ("name", "path") if obj else ("business", "name", "kind", "path")
        kwargs["fields"] = list(names)
        made = super().get_form(request, obj, change=change, **kwargs)
        return type("DestinationForm", (made,), {"actor": person(request).actor})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(person(request).reach(roles=(Role.MANAGER,)))

    def has_change_permission(
        self, request: HttpRequest, obj: Destination | None = None
    ) -> bool:
        reach = person(request).reach(roles=(Role.MANAGER,))
        return bool(reach) if obj is None else obj.business_id in reach

    has_delete_permission = has_change_permission

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """The one foreign key: the businesses that files may be brought from."""
        reach = person(request).reach(roles=(Role.MANAGER,))
        kwargs["queryset"] = Business.objects.filter(reach.rows("id")).order_by("id")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self,
        request: HttpRequest,  # noqa: ARG002 -- the hook
        obj: Destination,
        form: DestinationForm,
        change: bool,  # noqa: FBT001 -- the hook
    ) -> None:
        body, now = form.body(), timezone.now()
        if change:
            destinations.change(obj, body, actor=form.actor, now=now)
            return
        made = destinations.create(body, actor=form.actor, now=now)
        obj.pk = made.pk
        obj._state.adding = False

    def delete_model(self, request: HttpRequest, obj: Destination) -> None:
        destinations.delete(obj, actor=person(request).actor)

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[Destination]
    ) -> None:
        for row in queryset:
            self.delete_model(request, row)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Its log goes with it, and is no list of the admin's."""
        del request
        return [str(row) for row in objs], {}, set(), []

    @action(description=_("Test"), url_path="test")  # type: ignore[untyped-decorator] # unfold has no types
    def try_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The question, or the test: outside of a transaction, for it may take long."""
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_permission(request, row):
            messages.warning(request, gettext("There is no such destination."))
            return redirect("admin:exports_destination_changelist")
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        back = reverse("admin:exports_destination_change", args=[row.pk])
        if request.method == "POST":
            _tell(request, row)
            return redirect(back)
        told = {**self.admin_site.each_context(request), "opts": self.opts, "row": row}
        told |= {"title": gettext("Test"), "where": self.where(row), "back": back}
        return TemplateResponse(request, "exports/admin/try_out.html", told)


def _tell(request: HttpRequest, row: Destination) -> None:
    actor = person(request).actor
    tested = destinations.test(row, actor=actor, now=timezone.now())
    if tested.error:
        words = gettext("It did not arrive: %(error)s.")
        messages.error(request, words % {"error": refusals.told(tested.error)})
        return
    words = gettext("%(name)s has arrived.") % {"name": tested.name}
    if tested.left:
        words += " " + gettext("It could not be deleted, and is still there.")
    messages.success(request, words)


def _line(delivery: Delivery) -> tuple[str, str, Any, str]:
    """When, what, how it stands, and as what it arrived or why it did not."""
    last = list(delivery.attempts.all())[-1:]
    error = "".join(refusals.told(each.error) for each in last)
    told = delivery.receipt.get("name") or error
    when = date_format(delivery.created_at, "SHORT_DATETIME_FORMAT")
    state = called.delivered(delivery.state)
    return when, delivery.payload["export_id"], state, told
