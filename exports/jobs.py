"""A job's life: asked for, moved from state to state, cancelled, retried.

Every move is a compare-and-set on status and fence, and is audited in its transaction.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.module_loading import import_string

from customers import audit
from customers.actors import Actor
from customers.clearance import Clearance
from customers.models import Business
from exports import dispatch, files, journal, outbox, passwords, policy
from exports.conf import knob
from exports.errors import Conflict, Detail, ExportError, Invalid, LeaseLost
from exports.models import ExportJob, Mode
from exports.pipeline.fields import FIELDS
from exports.pipeline.spec import ExportSpec
from exports.states import FINAL, TRANSITIONS, JobStatus


@dataclass(frozen=True, slots=True)
class Wanted:
    """A checked wish for an export, of somebody who may have it.

    :ivar version: of the template, when there is one.
    """

    spec: ExportSpec
    business: Business
    clearance: Clearance
    version: int | None = None

    def as_job(
        self, *, actor: Actor, now: datetime, mode: Mode, **fields: Any
    ) -> ExportJob:
        """Not yet saved.

        :param mode: immediate becomes inline when the spec asks for that.
        :raises Invalid: this mode cannot deliver as the spec says.
        """
        job = ExportJob(
            business=self.business,
            mode=policy.mode_of(self.spec, asked_for=mode),
            queue=policy.queue_of(self.spec),
            export_type=self.spec.export_type,
            format=self.spec.format,
            spec=self.spec.as_json(),
            template_id=self.spec.template_id,
            template_version=self.version,
            metadata=dict(self.spec.metadata),
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_label=actor.label,
            clearance=self.clearance,
            request_id=actor.request_id,
            created_at=now,
            **fields,
        )
        passwords.keep(job, self.spec.password)
        return job


def check(payload: Any, *, actor: Actor) -> Wanted:
    """:raises ExportError: whatever is wrong with the payload or the asking."""
    business = policy.business_of(payload, actor)
    grant = policy.granted(actor, "exports:write", business.id)
    resolved, version = _with_template(payload, business.id)
    policy.check_query(resolved, actor, business.id)
    try:
        spec = ExportSpec.parse(resolved, clearance=grant.clearance)
    except Invalid as error:
        raise _of_template(error, payload) from error
    return Wanted(spec, business, grant.clearance, version)


def request_export(
    payload: Any, *, actor: Actor, now: datetime, mode: Mode
) -> ExportJob:
    """The job row of a checked spec; workers are told of a background one.

    :param mode: immediate becomes inline when the spec asks for that.
    :raises ExportError: whatever is wrong with the payload or the asking.
    """
    job = check(payload, actor=actor).as_job(actor=actor, now=now, mode=mode)
    with transaction.atomic():
        add(job, actor=actor)
    return job


def add(
    job: ExportJob, *, actor: Actor, details: Mapping[str, Any] | None = None
) -> None:
    """Save a new job within the caller's transaction; workers hear of it after.

    :raises Conflict: as many of the business's jobs wait and run as may.
    """
    if job.mode == Mode.BACKGROUND:
        policy.check_active_jobs(job.business_id)
    job.save(force_insert=True)
    record("export.requested", job, actor=actor, details=details)
    if job.mode == Mode.BACKGROUND:
        transaction.on_commit(lambda: dispatch.wake(job.queue))


def retry(
    job: ExportJob, *, actor: Actor, now: datetime, password: Any = None
) -> ExportJob:
    """A new job with the stored spec, as whoever asks for it may see it now.

    A relative range is resolved anew: it is another run.

    :raises Conflict: the old one is not finished, or its schedule makes up for it.
    :raises Invalid: it had a password, which is not given again; or it had none.
    :raises ExportError: the spec is no longer good, or a column may not be seen.
    """
    policy.check_retriable(job)
    grant = policy.granted(actor, "exports:write", job.business_id)
    policy.check_query(job.spec, actor, job.business_id)
    passwords.check_again(job, password)
    again = job.spec | {"password": password}
    spec = ExportSpec.parse(again, clearance=grant.clearance)
    wanted = Wanted(spec, job.business, grant.clearance, job.template_version)
    made = wanted.as_job(
        actor=actor, now=now, mode=Mode.BACKGROUND, retried_from_id=job.pk
    )
    with transaction.atomic():
        add(made, actor=actor, details={"retry_of": job.job_id})
    return made


def discard(job: ExportJob, *, actor: Actor) -> None:
    """Delete what a finished job made; the job itself stays.

    :raises Conflict: it is not finished.
    """
    if job.status not in FINAL:
        hint = "cancel it first" if job.status == JobStatus.PENDING else "it runs"
        raise Conflict(f"the job is {job.status}: {hint}")
    file = getattr(job, "file", None)
    if file is not None:
        files.delete(file, actor=actor)


def _with_template(
    payload: Mapping[str, Any], business_id: str
) -> tuple[dict[str, Any], int | None]:
    """The payload over its template, and the template's version."""
    template_id = payload.get("template_id")
    if template_id is None:
        return dict(payload), None
    if not isinstance(template_id, str):
        raise Invalid.field("template_id", "template_id must be a text")
    resolve = import_string(knob("TEMPLATE_RESOLVER"))
    saved, version = resolve(template_id, business_id=business_id)
    named = {name: value for name, value in payload.items() if value is not None}
    if named.get("export_type", saved["export_type"]) != saved["export_type"]:
        # Columns, filters and sort of one dataset mean nothing in another.
        saved = {"format": saved["format"], "options": saved["options"]}
    if named.get("format", saved["format"]) != saved["format"]:
        saved = saved | {"options": {}}
    return {name: None for name in FIELDS if name in payload} | saved | named, version


def _of_template(error: Invalid, payload: Mapping[str, Any]) -> Invalid:
    """The same error; what the request has not named itself comes from its template."""
    template_id = payload.get("template_id")
    if template_id is None or error.code != Invalid.code:
        return error
    details: list[Detail] = []
    for detail in error.details:
        field = re.split(r"[.\[]", detail["field"], maxsplit=1)[0]
        is_own = payload.get(field) is not None or field not in FIELDS
        origin = "" if is_own else f" (in the template '{template_id}')"
        message = detail["message"] + origin
        details.append({"field": detail["field"], "message": message})
    return Invalid.of(details)


def move_within(
    job: ExportJob,
    to: JobStatus,
    *,
    actor: Actor,
    now: datetime,
    error: ExportError | None = None,
    **fields: Any,
) -> None:
    """Within the caller's transaction, which an error has to end.

    :raises Conflict: no such move, from the state the instance is in.
    :raises LeaseLost: the table has moved on since the instance was read.
    """
    if to not in TRANSITIONS[JobStatus(job.status)]:
        raise Conflict(f"a job that is {job.status} cannot become {to}")
    changes = job.move_fields(to, now=now) | fields
    if error is not None:
        changes |= {"error_code": error.code, "error_message": error.message}
    moved = ExportJob.objects.filter(
        pk=job.pk, status=job.status, fence=job.fence
    ).update(**changes)
    if not moved:
        raise LeaseLost("the job has moved on")
    details = {"error": error.code} if error is not None else {}
    for name, value in changes.items():
        setattr(job, name, value)
    record(f"export.{to}", job, actor=actor, details=details)
    if to in FINAL:
        outbox.job_ended(job, now=now)
        journal.tell_at_commit(job)


move: Final = transaction.atomic(move_within)
"""The same in a transaction of its own."""


def record(
    action: str,
    job: ExportJob,
    *,
    actor: Actor,
    details: Mapping[str, Any] | None = None,
) -> None:
    known = {
        "export_type": job.export_type,
        "format": job.format,
        "mode": job.mode,
        "attempt": job.attempt,
        "rows": job.rows_written,
    }
    audit.record(
        action,
        actor=actor,
        business_id=job.business_id,
        object_type="export",
        object_id=job.export_id,
        outcome="failed" if job.status == JobStatus.FAILED else "ok",
        details=known | dict(details or {}),
    )


def requester(job: ExportJob) -> Actor:
    """Who asked for the job, as far as its row tells."""
    return Actor(
        kind=job.actor_kind,
        id=job.actor_id,
        label=job.actor_label,
        request_id=job.request_id,
    )


def cancel(job: ExportJob, *, actor: Actor, now: datetime) -> ExportJob:
    """At once when it waits; a run sees the wish with its next heartbeat.

    :raises Conflict: it is finished.
    """
    for _ in range(5):
        if job.status in FINAL:
            raise Conflict(f"the job is {job.status}: it can no longer be cancelled")
        if _cancelled(job, actor=actor, now=now):
            return job
        job.refresh_from_db()
    raise Conflict("the job is changing too fast to be cancelled: try again")


def _cancelled(job: ExportJob, *, actor: Actor, now: datetime) -> bool:
    if job.status == JobStatus.PENDING:
        try:
            move(
                job,
                JobStatus.CANCELLED,
                actor=actor,
                now=now,
                cancel_requested=True,
            )
        except LeaseLost:
            return False
        return True
    with transaction.atomic():
        noted = ExportJob.objects.filter(
            pk=job.pk, status=JobStatus.PROCESSING, fence=job.fence
        ).update(cancel_requested=True)
        if noted:
            record("export.cancel_requested", job, actor=actor)
            job.cancel_requested = True
    return noted == 1
