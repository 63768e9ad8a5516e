"""What can be done to an export from its page: each asks first, and is audited."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordToggleWidget

from customers import guard
from customers.actors import Actor
from customers.admin.acting import Role, person
from customers.clearance import Clearance
from exports import files, jobs, throttles
from exports.admin import called, refusals
from exports.errors import ExportError, RateLimited
from exports.models import ExportJob, Mode
from exports.states import FINAL, FileState

EXPORTING: Final = (Role.OPERATOR, Role.MANAGER)


class NoForm(forms.Form):
    """A question that is answered by the button alone."""


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password of the new file"),
        min_length=8,
        strip=False,
        widget=UnfoldAdminPasswordToggleWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("The export's own password was forgotten when it ended."),
    )


@dataclass(frozen=True, slots=True)
class Act:
    """:ivar run: gives the export whose page comes next."""

    title: Any
    text: Any
    done: Any
    run: Callable[[ExportJob, Actor, Mapping[str, Any]], ExportJob]
    fits: Callable[[ExportJob], bool]
    is_grave: bool = False
    is_export: bool = False
    """It begins an export: it counts against the limits of those."""


def _cancel(job: ExportJob, actor: Actor, given: Mapping[str, Any]) -> ExportJob:
    del given
    return jobs.cancel(job, actor=actor, now=timezone.now())


def _retry(job: ExportJob, actor: Actor, given: Mapping[str, Any]) -> ExportJob:
    now = timezone.now()
    return jobs.retry(job, actor=actor, now=now, password=given.get("password"))


def _delete(job: ExportJob, actor: Actor, given: Mapping[str, Any]) -> ExportJob:
    del given
    jobs.discard(job, actor=actor)
    return job


def _has_file(job: ExportJob) -> bool:
    file = getattr(job, "file", None)
    return file is not None and file.state in {FileState.STORED, FileState.LOST}


ACTS: Final[Mapping[str, Act]] = {
    "cancel": Act(
        title=_("Cancel"),
        text=_("Cancel this export? What it has written so far is thrown away."),
        done=_("The export is being cancelled."),
        run=_cancel,
        fits=lambda job: (
            job.mode == Mode.BACKGROUND
            and job.status not in FINAL
            and not job.cancel_requested
        ),
        is_grave=True,
    ),
    "retry": Act(
        title=_("Run again"),
        text=_("Run this export again, as a new one, over the data as it is now?"),
        done=_("The export runs again: this is the new one."),
        run=_retry,
        fits=lambda job: (
            job.mode in {Mode.BACKGROUND, Mode.IMMEDIATE}
            and job.status in FINAL
            and not job.is_for_staff
        ),
        is_export=True,
    ),
    "delete": Act(
        title=_("Delete the file"),
        text=_("Delete the file? Every link to it stops working, for everybody."),
        done=_("The file is deleted. The record of the export stays."),
        run=_delete,
        fits=lambda job: job.status in FINAL and _has_file(job),
        is_grave=True,
    ),
}


def may_export(request: HttpRequest, job: ExportJob) -> bool:
    """An operator or manager of its business; who sees persons, when it shows them."""
    least = Clearance.PERSONAL if job.is_for_staff else Clearance.PUBLIC
    reach = person(request).reach(roles=EXPORTING, clearance=least)
    return job.business_id in reach


def possible(request: HttpRequest, job: ExportJob) -> dict[str, Act]:
    """What this person may do to the export as it is."""
    if not may_export(request, job):
        return {}
    return {name: act for name, act in ACTS.items() if act.fits(job)}


def ask(
    request: HttpRequest, job: ExportJob, name: str, context: Mapping[str, Any]
) -> HttpResponse:
    """The question, or the deed.

    :raises PermissionDenied: they may not export for this business.
    """
    if not may_export(request, job):
        raise PermissionDenied
    act = ACTS[name]
    if not act.fits(job):
        messages.warning(request, _("The export has moved on: that is not possible."))
        return page_of(job)
    needs_password = name == "retry" and job.is_encrypted
    form = (PasswordForm if needs_password else NoForm)(request.POST or None)
    if request.method == "POST" and (form.is_valid() or not needs_password):
        return _done(request, job, act, getattr(form, "cleaned_data", {}))
    told = {**context, "act": act, "job": job, "form": form, "title": act.title}
    told |= {"what": called.what(job.export_type, job.format), "back": page_of(job).url}
    return TemplateResponse(request, "exports/admin/ask.html", told)


def _done(
    request: HttpRequest, job: ExportJob, act: Act, given: Mapping[str, Any]
) -> HttpResponse:
    actor = person(request).actor
    try:
        if act.is_export:
            count(request, actor)
        shown = act.run(job, actor, given)
    except ExportError as error:
        messages.error(request, refusals.told(error.message))
        return page_of(job)
    messages.success(request, act.done)
    return page_of(shown)


def count(request: HttpRequest, actor: Actor) -> None:
    """One more export begun: over HTTP it would count as a creation of a job.

    :raises RateLimited: too many of theirs lie in the last minute.
    """
    verdict = throttles.hit("jobs", f"{actor.kind}:{actor.id}")
    seconds = verdict.retry_after if not verdict.allowed else None
    if seconds is None:
        seconds = guard.wait_of("export", actor, request=request)
    if seconds is not None:
        told = _("Too many exports were begun: try again in %(seconds)s s.")
        raise RateLimited(told % {"seconds": seconds}, retry_after=seconds)


def page_of(job: ExportJob) -> HttpResponseRedirect:
    return redirect("admin:exports_exportjob_change", job.pk)


def download(job: ExportJob, *, reader: Actor) -> HttpResponse:
    """To the file's own address, which proves its bytes and writes the trail."""
    file = getattr(job, "file", None)
    link = files.link(file, reader=reader) if file is not None else None
    if link is None:
        return page_of(job)
    path = f"/v1/export/files/{job.export_id}"
    # What staff exported opens by its link alone.
    return HttpResponseRedirect(link if job.is_for_staff else path)
