"""The list of exports, and one export's page: its steps, spec, file and trail."""

import json
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from customers import ids
from customers.actors import Actor
from customers.admin.acting import person
from customers.admin.owned import BusinessFilter, OwnedAdmin
from customers.clearance import Clearance
from customers.models import AuditEvent
from exports import files
from exports.admin import acts, called, deeds, filters, progress
from exports.models import ExportFile, ExportJob
from exports.models.jobs import CUSTOMER_360
from exports.states import FINAL, FileState, JobStatus

_EVENTS = 50


@admin.register(ExportJob)
class JobAdmin(OwnedAdmin[ExportJob]):
    class Media:
        css = {"all": ("exports/admin/exports.css",)}
        js = (Script("exports/admin/progress.js", type="module"),)

    list_display = (*("export", "business", "what", "state", "who", "asked"),)
    list_filter = (
        *(BusinessFilter, ("status", filters.StatusFilter), "mode"),
        *(filters.TYPE, filters.FORMAT),
        *(filters.ASKED, filters.ERROR, filters.WITH),
    )
    list_select_related = ("business",)
    list_before_template = "exports/admin/live.html"
    search_fields = ("actor_label", "request_id", "template_id")
    search_help_text = _("An id of an export or job, who asked, a template, a request")
    ordering = ("-id",)
    # Always exact: the dashboard's figures lead here.
    paginator = Paginator

    @admin.display(description=_("export"), ordering="id")
    def export(self, job: ExportJob) -> str:
        return job.export_id

    @admin.display(description=_("what"), ordering="export_type")
    def what(self, job: ExportJob) -> str:
        return called.what(job.export_type, job.format)

    @admin.display(description=_("status"), ordering="status")
    def state(self, job: ExportJob) -> SafeString:
        return mark_safe(progress.piece(job))  # noqa: S308 -- a template, which escapes  # nosec B308

    @admin.display(description=_("By"), ordering="actor_label")
    def who(self, job: ExportJob) -> str:
        return job.actor_label

    @admin.display(description=_("Asked for (UTC)"), ordering="id")
    def asked(self, job: ExportJob) -> datetime:
        return job.created_at

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExportJob]:
        return super().get_queryset(request).filter(self._seen(request))

    def _seen(self, request: HttpRequest) -> Q:
        """Whole customers are exported for those alone who may see such."""
        personal = person(request).reach(
            roles=acts.EXPORTING, clearance=Clearance.PERSONAL
        )
        return ~Q(export_type=CUSTOMER_360) | personal.rows()

    def reaches(self, request: HttpRequest, row: Model | None) -> bool:
        if not isinstance(row, ExportJob) or not row.is_for_staff:
            return super().reaches(request, row)
        return acts.may_export(request, row)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ExportJob], search_term: str
    ) -> tuple[QuerySet[ExportJob], bool]:
        text = search_term.strip()
        key = ids.read("exp", text) or ids.read("job", text)
        if key is not None:
            return queryset.filter(pk=key), False
        return super().get_search_results(request, queryset, search_term)

    def get_urls(self) -> list[URLPattern]:
        inside = self.admin_site.admin_view
        return [
            path("progress/", inside(self.progress_view), name="exports_progress"),
            path(
                "<path:object_id>/<slug:act>/ask/",
                inside(self.act_view),
                name="exports_act",
            ),
            path(
                "<path:object_id>/download/",
                inside(self.download_view),
                name="exports_download",
            ),
            *super().get_urls(),
        ]

    def progress_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows: Any = self.get_queryset(request)
        return progress.pieces(request, rows)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        del form_url
        job = self._found(request, object_id)
        if job is None:
            return _gone(request)
        context = {
            **self.admin_site.each_context(request),
            **progress.shown(job),
            **_whole(job, person(request).actor),
            "opts": self.opts,
            "title": job.export_id,
            "original": job.export_id,
            "acts": acts.possible(request, job),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "exports/admin/job.html", context)

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        job = self._found(request, object_id)
        if job is None or act not in acts.ACTS:
            return _gone(request)
        return acts.ask(request, job, act, self.admin_site.each_context(request))

    def download_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self._found(request, object_id)
        if job is None:
            return _gone(request)
        return acts.download(job, reader=person(request).actor)

    def _found(self, request: HttpRequest, object_id: str) -> ExportJob | None:
        """Theirs to see, or none; by the row's key, or by an id as the API shows it."""
        text = unquote(object_id)
        key = ids.read("job", text) or ids.read("exp", text) or text
        job = self.get_object(request, str(key))
        return job if job and self.has_view_permission(request, job) else None


def _gone(request: HttpRequest) -> HttpResponse:
    """There is none, or it is not theirs: alike."""
    messages.warning(request, _("There is no such export."))
    return redirect("admin:exports_exportjob_changelist")


def _whole(job: ExportJob, reader: Actor) -> dict[str, Any]:
    """What the page tells beside how far it is."""
    file: ExportFile | None = getattr(job, "file", None)
    now = timezone.now()
    is_kept = file and file.state == FileState.STORED and file.expires_at > now
    events = AuditEvent.objects.filter(
        object_type="export", object_id=job.export_id, business_id=job.business_id
    )
    is_cleared = _is_cleared(job, file, reader)
    spec = {name: value for name, value in job.spec.items() if value}
    return {
        "what": called.what(job.export_type, job.format),
        "file": file,
        "file_word": progress.FILE_WORDS[FileState(file.state)] if file else "",
        "is_stored": is_kept and is_cleared,
        "steps": _steps(job),
        "spec": _json(spec) if is_cleared else None,
        "manifest": _json(file.manifest) if file and is_cleared else None,
        "events": deeds.told(events.order_by("-at", "-id")[:_EVENTS]),
    }


def _is_cleared(job: ExportJob, file: ExportFile | None, reader: Actor) -> bool:
    """Of a job without a file the filters may still tell what its asker may see."""
    if file is not None:
        return files.is_cleared(file, reader)
    grant = reader.grant(job.business_id)
    return grant is not None and job.clearance <= grant.clearance


def _steps(job: ExportJob) -> list[dict[str, Any]]:
    """Each with its place: done, now, or still to come."""
    is_over = job.status == JobStatus.COMPLETED
    steps = []
    for number, words in enumerate(progress.STEPS[1:], start=1):
        place = "done" if number < job.current_step or is_over else "ahead"
        if number == job.current_step and not is_over:
            place = "stopped" if job.status in FINAL else "now"
        steps.append({"words": words, "place": place})
    return steps


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
