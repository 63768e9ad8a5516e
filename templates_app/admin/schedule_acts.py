"""What staff do to a schedule by a button: each asks first, and is the API's deed."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actors import Actor
from customers.admin.acting import person
from exports.admin import acts
from exports.admin.questions import Question
from templates_app import schedule_changes, schedules
from templates_app.models import Schedule


def _amend(schedule: Schedule, request: HttpRequest, **body: Any) -> None:
    actor, now = person(request).actor, timezone.now()
    schedule_changes.amend(schedule.schedule_id, body, actor=actor, now=now)


def _run(schedule: Schedule, request: HttpRequest) -> HttpResponse:
    actor = person(request).actor
    acts.count(request, actor)
    run = schedules.run_now(schedule, actor=actor, now=timezone.now())
    return redirect("admin:exports_exportjob_change", run.job_id)


def _delete(schedule: Schedule, request: HttpRequest) -> HttpResponse:
    schedule_changes.delete(schedule.schedule_id, actor=person(request).actor)
    return redirect("admin:templates_app_schedule_changelist")


def is_anothers(schedule: Schedule, actor: Actor) -> bool:
    return (schedule.owner_kind, schedule.owner_id) != (actor.kind, actor.id)


ACTS: Final[Mapping[str, Question[Schedule]]] = {
    "run": Question(
        title=_("Run now"),
        text=_("Run it once now, besides the times at which it is due?"),
        done=_("It runs: this is its export."),
        run=_run,
    ),
    "pause": Question(
        title=_("Pause"),
        text=_("Pause it? It is not due until somebody resumes it."),
        done=_("The schedule is paused."),
        run=lambda schedule, request: _amend(schedule, request, paused=True),
        fits=lambda schedule, _actor: schedule.paused_at is None,
    ),
    "resume": Question(
        title=_("Resume"),
        text=_("Resume it? What was due meanwhile is not made up for."),
        done=_("The schedule is due again."),
        run=lambda schedule, request: _amend(schedule, request, paused=False),
        fits=lambda schedule, _actor: schedule.paused_at is not None,
    ),
    "take-over": Question(
        title=_("Take over"),
        text=_("Take it over? From now on it runs with your rights."),
        done=_("The schedule is yours."),
        run=lambda schedule, request: _amend(schedule, request, take_over=True),
        fits=is_anothers,
    ),
    "delete": Question(
        title=_("Delete"),
        text=_("Delete it, with the list of its runs? Its exports stay."),
        done=_("The schedule is deleted."),
        run=_delete,
        is_grave=True,
    ),
}
