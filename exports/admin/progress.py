"""How far exports are, as a piece of a page that is fetched anew while they run."""

from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import ids
from exports.admin import refusals
from exports.admin.pace import pace
from exports.models import ExportJob, JobQuerySet
from exports.states import FINAL, FileState, JobStatus

_MOST: Final = 100
WORDS: Final = {
    JobStatus.PENDING: _("waiting"),
    JobStatus.PROCESSING: _("running"),
    JobStatus.COMPLETED: _("completed"),
    JobStatus.FAILED: _("failed"),
    JobStatus.CANCELLED: _("cancelled"),
}
FILE_WORDS: Final = {
    FileState.STORED: _("stored"),
    FileState.STREAMED: _("streamed"),
    FileState.EXPIRED: _("expired"),
    FileState.DELETED: _("deleted"),
    FileState.LOST: _("lost"),
}
STEPS: Final = (
    _("Waits for a worker"),
    _("Validating parameters"),
    _("Querying data"),
    _("Transforming data"),
    _("Generating file"),
    _("Storing file"),
)


def shown(job: ExportJob) -> dict[str, Any]:
    """What the piece tells."""
    going = pace(job, now=timezone.now())
    left = going.seconds_left
    return {
        "job": job,
        "word": WORDS[JobStatus(job.status)],
        "is_live": job.status not in FINAL,
        "percent": int(job.progress * 100),
        "step": STEPS[job.current_step],
        "error": refusals.told(job.error_message),
        "rate": None if going.rate is None else round(going.rate),
        "left": None if left is None else timedelta(seconds=round(left)),
    }


def piece(job: ExportJob) -> str:
    return render_to_string("exports/admin/progress.html", shown(job))


def pieces(request: HttpRequest, rows: JobQuerySet) -> JsonResponse:
    """By id, those of ``rows`` that ``?ids=`` names; others are left out."""
    asked = request.GET.get("ids", "").split(",")[:_MOST]
    wanted = {key for text in asked if (key := ids.read("job", text))}
    return JsonResponse(
        {
            job.job_id: {
                "html": piece(job),
                "live": job.status not in FINAL,
                "word": str(WORDS[JobStatus(job.status)]),
            }
            for job in rows.filter(pk__in=wanted)
        }
    )
