"""Schedules in the admin: their list, a page each, and the form that makes them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.admin.acting import person
from customers.admin.owned import BusinessFilter
from customers.models import Business
from exports.admin import called
from exports.admin.pages import PagedAdmin
from templates_app import schedule_changes
from templates_app.admin import schedule_acts, schedule_page, schedule_times
from templates_app.admin.new_export import EXPORTING
from templates_app.admin.schedule_form import ScheduleForm
from templates_app.models import Schedule


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        del request, model_admin
        return [
            ("due", _("active")),
            (Schedule.Paused.BY_REQUEST, _("paused")),
            (Schedule.Paused.FAILURES, _("paused after failures")),
            ("over", _("over")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        del request
        chosen = self.value()
        if chosen in Schedule.Paused.values:
            return queryset.filter(paused_reason=chosen)
        if chosen in {"due", "over"}:
            is_over = chosen == "over"
            return queryset.filter(paused_at=None, next_at__isnull=is_over)
        return None


@admin.register(Schedule)
class ScheduleAdmin(PagedAdmin[Schedule]):
    scope = schedule_changes.SCOPE
    page = "templates_app/admin/schedule.html"
    acts = schedule_acts.ACTS
    list_display = ("name", "business", "what", "when", "state", "next_run", "owner")
    list_filter = (BusinessFilter, StateFilter)
    list_select_related = ("business",)
    search_fields = ("name", "owner_label")
    ordering = ("-created_at", "-id")

    @admin.display(description=_("what"))
    def what(self, row: Schedule) -> Any:
        if row.customers is not None:
            return _("customers")
        export = row.export or {}
        kind = export.get("export_type", "")
        return export.get("template_id") or called.type_name(kind)

    @admin.display(description=_("when"))
    def when(self, row: Schedule) -> Any:
        return schedule_times.rhythm(row)

    @admin.display(description=_("state"))
    def state(self, row: Schedule) -> Any:
        if row.paused_at is not None:
            is_broken = row.paused_reason == Schedule.Paused.FAILURES
            return _("paused after failures") if is_broken else _("paused")
        return _("active") if row.next_at else _("over")

    @admin.display(description=_("next run"), ordering="next_at")
    def next_run(self, row: Schedule) -> str:
        return schedule_times.local(row.next_at, row.time_zone) if row.next_at else "–"

    @admin.display(description=_("owner"), ordering="owner_label")
    def owner(self, row: Schedule) -> str:
        return row.owner_label

    def name_of(self, row: Schedule) -> str:
        return row.name

    def get_queryset(self, request: HttpRequest) -> QuerySet[Schedule]:
        """Those of customers for those alone who may export them: as over HTTP."""
        actor = person(request).actor
        seen = schedule_changes.visible(actor, actor.business_ids)
        return super().get_queryset(request).filter(pk__in=seen.values("pk"))

    def get_urls(self) -> list[URLPattern]:
        inside = self.admin_site.admin_view
        return [
            path("next-runs/", inside(self.next_runs_view), name="schedule_next_runs"),
            *super().get_urls(),
        ]

    def whole(self, request: HttpRequest, row: Schedule) -> dict[str, Any]:
        return {
            **schedule_page.told(row, page=request.GET.get("page", "1")),
            "state": self.state(row),
            "when": self.when(row),
            "what": self.what(row),
        }

    def next_runs_view(self, request: HttpRequest) -> HttpResponse:
        """A piece of the form's page, by what is filled in so far."""
        own = Business.objects.filter(self.reach(request).rows("id"))
        business = own.filter(pk=request.GET.get("business", "")[:64]).first()
        if business is None or not self.has_add_permission(request):
            raise PermissionDenied
        told = schedule_times.look(request.GET, business, now=timezone.now())
        return TemplateResponse(request, "templates_app/admin/next_runs.html", told)

    def filled_in(self, request: HttpRequest, row: Schedule | None) -> HttpResponse:
        who = person(request)
        data = request.POST if request.method == "POST" else None
        reach = who.reach(roles=EXPORTING)
        form = ScheduleForm(data, reach=reach, actor=who.actor, row=row)
        saved = form.save(now=timezone.now()) if form.is_valid() else None
        if saved is not None:
            messages.success(request, _("The schedule is saved."))
            return redirect(self.address(saved))
        told = {
            **self.context(request, row.name if row else _("Add a schedule")),
            "form": form,
            "row": row,
            "crons": schedule_times.CRONS,
            "back": self.address(row) if row else None,
            "changes_owner": row and schedule_acts.is_anothers(row, who.actor),
        }
        address = "templates_app/admin/schedule_form.html"
        return TemplateResponse(request, address, told)
