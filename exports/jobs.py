"""A job's life: asked for, moved from state to state, cancelled.

Every move is a compare-and-set on status and fence, and is audited in its transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string

from customers import audit
from customers.actors import Actor
from customers.models import Business
from exports import dispatch, policy
from exports.conf import knob
from exports.errors import BusinessNotFound, Conflict, ExportError, Invalid, LeaseLost
from exports.models import ExportJob, Mode
from exports.pipeline.fields import FIELDS
from exports.pipeline.spec import ExportSpec
from exports.states import FINAL, TRANSITIONS, JobStatus


def request_export(
    payload: Any, *, actor: Actor, now: datetime, mode: Mode
) -> ExportJob:
    """The job row of a checked spec; workers are told of a background one.

    :param mode: immediate becomes inline when the spec asks for that.
    :raises ExportError: whatever is wrong with the payload or the asking.
    """
    business = _business(payload, actor)
    grant = policy.granted(actor, "exports:write", business.id)
    resolved, version = _with_template(payload, business.id)
    spec = ExportSpec.parse(resolved, clearance=grant.clearance)
    job = ExportJob(
        business=business,
        mode=policy.mode_of(spec, asked_for=mode),
        queue=policy.queue_of(spec),
        export_type=spec.export_type,
        format=spec.format,
        spec=spec.as_json(),
        template_id=spec.template_id,
        template_version=version,
        metadata=dict(spec.metadata),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label,
        clearance=grant.clearance,
        request_id=actor.request_id,
        created_at=now,
    )
    with transaction.atomic():
        job.save(force_insert=True)
        record("export.requested", job, actor=actor)
        if mode is Mode.BACKGROUND:
            transaction.on_commit(lambda: dispatch.wake(job.queue))
    return job


def _business(payload: Any, actor: Actor) -> Business:
    """:raises BusinessNotFound: there is none, or it is not theirs: alike."""
    if not isinstance(payload, dict):
        raise Invalid.field("body", "body must be a JSON object")
    business_id = payload.get("business_id")
    if not isinstance(business_id, str) or not business_id:
        message = "must be a text" if business_id else "is required"
        raise Invalid.field("business_id", f"business_id {message}")
    business = Business.objects.filter(pk=business_id[:64]).first()
    if business is None or business.id != business_id or not actor.grant(business_id):
        raise BusinessNotFound(f"there is no business '{business_id[:64]}'")
    return business


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


def move(
    job: ExportJob,
    to: JobStatus,
    *,
    actor: Actor,
    now: datetime,
    error: ExportError | None = None,
    **fields: Any,
) -> None:
    """:raises Conflict: no such move, from the state the instance is in.

    :raises LeaseLost: the table has moved on since the instance was read.
    """
    if to not in TRANSITIONS[JobStatus(job.status)]:
        raise Conflict(f"a job that is {job.status} cannot become {to}")
    changes = job.move_fields(to, now=now) | fields
    if error is not None:
        changes |= {"error_code": error.code, "error_message": error.message}
    with transaction.atomic():
        moved = ExportJob.objects.filter(
            pk=job.pk, status=job.status, fence=job.fence
        ).update(**changes)
        if not moved:
            raise LeaseLost("the job has moved on")
        details = {"error": error.code} if error is not None else {}
        for name, value in changes.items():
            setattr(job, name, value)
        record(f"export.{to}", job, actor=actor, details=details)


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
