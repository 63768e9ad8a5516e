"""From a schedule to the job of one of its runs, or the reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from customers import sequence
from customers.models import Business, Customer
from customers.models.rows import ExportableRow
from exports import jobs, runs, secrets
from exports.customer360.bulk_asking import Asker, bulk_job, told
from exports.customer360.faults import UnsupportedFormat
from exports.deltas import links
from exports.errors import CustomerNotFound, Forbidden, Invalid
from exports.models import ExportJob, Mode
from exports.pipeline import changes, ranges
from exports.pipeline.changes import Changed
from exports.pipeline.datasets import DATASETS
from exports.pipeline.ranges import TimeRange
from exports.pipeline.spec import ExportSpec
from templates_app import chains
from templates_app.models import Schedule, ScheduleRun
from templates_app.owners import Owner

UNCHANGED: Final = "unchanged"
EMPTY: Final = "empty"


@dataclass(frozen=True, slots=True)
class Unneeded:
    """The run would bring nothing new, and that was not wanted."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Moment:
    """:ivar fire_at: when the run was due, which relative ranges are counted from.

    :ivar covers: the range of a run since the previous one.
    """

    fire_at: datetime
    now: datetime
    covers: TimeRange | None = None


def job_of(schedule: Schedule, owner: Owner, at: Moment) -> ExportJob:
    """Checked with the owner's rights, and not yet saved.

    :raises ExportError: it cannot be run, or they may not run it.
    """
    if schedule.customers is not None:
        return _of_customers(schedule.customers, schedule, owner, at)
    return _of_dataset(schedule, owner, at)


def wanted_job(schedule: Schedule, owner: Owner, at: Moment) -> ExportJob | Unneeded:
    """The same, unless the schedule does not want such a run.

    :raises ExportError: it cannot be run, or they may not run it.
    """
    try:
        job = job_of(schedule, owner, at)
    except CustomerNotFound:
        if schedule.only_if_not_empty and "filter" in (schedule.customers or {}):
            return Unneeded(EMPTY, "no customer fits the filter")
        raise
    chains.attach(schedule, job)
    if schedule.only_if_changed and not _has_changed(schedule, job):
        return Unneeded(UNCHANGED, "nothing has changed since the last completed run")
    if schedule.only_if_not_empty and not job.is_for_staff and _is_empty(job):
        return Unneeded(EMPTY, "there are no rows")
    return job


def details_of(schedule: Schedule, job: ExportJob) -> dict[str, Any]:
    """What the trail tells of the job besides."""
    more = told(job) if schedule.customers is not None else {}
    return {"schedule": schedule.schedule_id} | more


def mark(job: ExportJob) -> dict[str, Any] | None:
    """Where the changes of what the job reads stand; None: that is not known."""
    tables = _tables(job)
    return sequence.take(job.business_id, tables).as_json() if tables else None


def _of_dataset(schedule: Schedule, owner: Owner, at: Moment) -> ExportJob:
    payload = dict(schedule.export or {}) | {"business_id": schedule.business_id}
    if at.covers is not None:
        payload["time_range"] = at.covers.as_json()
    if schedule.has_password:
        payload["password"] = _password(schedule)
    wanted = jobs.check(payload, actor=owner.actor)
    if schedule.data_range == Schedule.DataRange.CHANGES:
        sort_named = payload.get("sort_by") is not None
        spec = changes.settled(wanted.spec, sort_named=sort_named)
        wanted = replace(wanted, spec=spec)
    return wanted.as_job(
        actor=owner.actor,
        now=at.now,
        mode=Mode.BACKGROUND,
        resolved_range=_resolved(wanted.spec, wanted.business, at.fire_at),
    )


def wrapped(schedule: Schedule, password: str | None) -> str:
    """As the row keeps it; it opens for this schedule alone."""
    if password is None:
        return ""
    return secrets.wrap(password, purpose=schedule.purpose)


def _password(schedule: Schedule) -> str:
    """:raises ExportError: no key of this installation opens it."""
    return secrets.unwrap(schedule.wrapped_password, purpose=schedule.purpose)


def _resolved(
    spec: ExportSpec, business: Business, fire_at: datetime
) -> dict[str, str | None] | None:
    if spec.date_range is None:
        return None
    zone = business.time_zone
    return ranges.resolve(spec.date_range, zone=zone, now=fire_at).as_json()


def _of_customers(
    asked: Mapping[str, Any], schedule: Schedule, owner: Owner, at: Moment
) -> ExportJob:
    if owner.user is None:
        raise Forbidden("customer_360 is for accounts of staff, not for API keys")
    by = Asker(owner.user, owner.actor, schedule.language)
    payload = {**asked, "businessId": schedule.business_id}
    try:
        job = bulk_job(payload, by=by, now=at.fire_at)
    except UnsupportedFormat as error:
        raise Invalid.field("format", f"format: {error}") from error
    job.created_at = at.now
    return job


def _has_changed(schedule: Schedule, job: ExportJob) -> bool:
    """Not only the data: another day, template or clearance gives another file."""
    done = schedule.runs.filter(status=ScheduleRun.Status.COMPLETED, job__isnull=False)
    last = done.select_related("job").order_by("-fire_at").first()
    tables = _tables(job)
    if last is None or last.job is None or last.mark is None or not tables:
        return True
    if schedule.customers is None and _asked(last.job) != _asked(job):
        return True
    since = sequence.Mark.from_json(last.mark)
    return sequence.has_moved(since, schedule.business_id, tables)


def _asked(job: ExportJob) -> tuple[Any, ...]:
    return job.spec, job.resolved_range, job.clearance


def _tables(job: ExportJob) -> tuple[type[ExportableRow], ...]:
    if job.is_for_staff:
        # Whatever belongs to a customer gives the customer a new number.
        return (Customer,)
    return DATASETS[job.export_type].reads


def _is_empty(job: ExportJob) -> bool:
    plan, link = runs.plan_of(job), links.link_of(job)
    if link is not None and link.since is not None:
        return not Changed(
            plan.spec.dataset, job.business, plan.rows(), link.since
        ).exist()
    return not plan.rows().exists()
