"""May this be done now, by whom, to which row? Questions, each with its error."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from customers import ids, security
from customers.actors import Actor, Grant
from customers.models import Business
from customers.rows import sole
from customers.tenancy import TenantOwned, TenantQuerySet
from exports.conf import knob
from exports.errors import (
    BusinessNotFound,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    SizeExceeded,
)
from exports.models import Destination
from exports.models.jobs import BULK, INTERACTIVE, ExportJob, Mode
from exports.pipeline.datasets import custom
from exports.pipeline.payloads import an_object
from exports.pipeline.query.reading import check_available
from exports.pipeline.spec import ExportSpec
from exports.states import FINAL

_Row = TypeVar("_Row", bound=TenantOwned)


def granted(actor: Actor, scope: str, business_id: str) -> Grant:
    """:raises BusinessNotFound: there is none, or it is not theirs: alike.

    :raises Forbidden: it is theirs, but not for this.
    """
    grant = actor.grant(business_id)
    if grant is None:
        _refuse_business(actor, business_id)
        raise BusinessNotFound.named(business_id)
    if scope not in grant.scopes:
        security.refused(
            "scope_refused", actor=actor, scope=scope, business=business_id
        )
        raise Forbidden(f"this needs the scope {scope}")
    return grant


def found(
    rows: TenantQuerySet[_Row],
    key: UUID | None,
    *,
    actor: Actor,
    scope: str,
    absent: NotFound,
) -> _Row:
    """:raises NotFound: there is none, or it is not theirs: alike.

    :raises Forbidden: it is theirs, but not for this.
    """
    row = one(rows.for_businesses(actor.business_ids), key, absent=absent)
    granted(actor, scope, row.business_id)
    return row


def one(rows: QuerySet[_Row], key: UUID | None, *, absent: NotFound) -> _Row:
    """:raises NotFound: none of them has this key."""
    row = sole(rows.filter(pk=key)) if key else None
    if row is None:
        raise absent
    return row


def check_query(spec: Mapping[str, Any], actor: Actor, business_id: str) -> None:
    """:raises Forbidden: it has a custom query, and they may write none.

    :raises Unavailable: queries are not set up here.
    """
    if spec.get("export_type") == custom.NAME:
        granted(actor, "custom_query", business_id)
        check_available()


def check_destinations(spec: ExportSpec, mode: Mode) -> None:
    """:raises Invalid: one is not there, or not of this business: alike.

    Or the file would be stored nowhere that it can be brought from.
    """
    named = {each: ids.read("dst", each) for each in spec.destinations}
    if not named:
        return
    if mode in {Mode.INLINE, Mode.COMMAND}:
        raise Invalid.field("destinations", "destinations need a file that is stored")
    own = Destination.objects.for_business(spec.business_id)
    keys = [key for key in named.values() if key is not None]
    found = set(own.filter(pk__in=keys).values_list("pk", flat=True))
    for index, (shown, key) in enumerate(named.items()):
        if key not in found:
            place = f"destinations[{index}]"
            raise Invalid.field(place, f"{place}: there is no destination '{shown}'")


def known(actor: Actor, business_id: str) -> Business:
    """:raises BusinessNotFound: there is none, or it is not theirs: alike."""
    business = sole(Business.objects.filter(pk=business_id[:64]))
    if business is None or business.id != business_id or not actor.grant(business_id):
        _refuse_business(actor, business_id)
        raise BusinessNotFound.named(business_id)
    return business


def business_of(body: Any, actor: Actor) -> Business:
    """The one that a body names.

    :raises Invalid: it is no object, or names none.
    :raises BusinessNotFound: there is none, or it is not theirs: alike.
    """
    business_id = an_object(body).get("business_id")
    if not isinstance(business_id, str) or not business_id:
        message = "must be a text" if business_id else "is required"
        raise Invalid.field("business_id", f"business_id {message}")
    return known(actor, business_id)


def _refuse_business(actor: Actor, business_id: str) -> None:
    security.refused("business_refused", actor=actor, business=business_id[:64])


def lock(business_id: str) -> None:
    """Until the transaction ends nobody else counts what the business has.

    SQLite has no such lock and needs none: its transactions begin as writers.

    :raises BusinessNotFound: there is none.
    """
    # A plain FOR UPDATE would stop every insert that refers to the business.
    rows = Business.objects.select_for_update(no_key=True).filter(pk=business_id)
    if sole(rows.values_list("pk")) is None:
        raise BusinessNotFound.named(business_id)


@contextmanager
def changing(business_id: str) -> Iterator[None]:
    """One change at a time of what a business keeps here, in one transaction.

    :raises BusinessNotFound: there is none.
    """
    with transaction.atomic():
        lock(business_id)
        yield


@contextmanager
def changing_row(row: _Row) -> Iterator[_Row]:
    """The row as it is now, while nobody else changes it.

    :raises NotFound: it was deleted meanwhile.
    """
    with changing(row.business_id):
        current = sole(type(row)._base_manager.filter(pk=row.pk))
        if current is None:
            raise NotFound.of(str(row._meta.model_name), str(row))
        yield current


def check_room(own: QuerySet[Any], limit: str, *, of: str) -> None:
    """Inside the transaction that adds one.

    :param limit: the knob that says how many a business may have.
    :raises Conflict: there are as many as may be.
    """
    most = int(knob(limit))
    if own.count() >= most:
        raise Conflict(
            f"the business has {most} {of}, as many as it may: delete one first"
        )


def check_active_jobs(business_id: str) -> None:
    """Inside the transaction that adds a job.

    :raises Conflict: as many wait and run as may.
    """
    lock(business_id)
    most = int(knob("MAX_ACTIVE_JOBS_PER_BUSINESS"))
    jobs = ExportJob.objects.for_business(business_id).background()
    if jobs.active().count() >= most:
        raise Conflict(
            f"the business has {most} jobs that wait or run, as many as it may:"
            " let some end, or cancel them"
        )


def mode_of(spec: ExportSpec, *, asked_for: Mode) -> Mode:
    """:raises Invalid: a job has no answer to stream its file into.

    Or the file cannot be brought where the spec says.
    """
    chosen = asked_for
    if asked_for is Mode.IMMEDIATE and spec.delivery == "inline":
        chosen = Mode.INLINE
    elif spec.delivery == "inline":
        raise Invalid.field("delivery", "delivery must be file here")
    check_destinations(spec, chosen)
    return chosen


def check_retriable(job: ExportJob) -> None:
    """:raises Conflict: it is not finished, or its schedule makes up for it."""
    if job.status not in FINAL:
        raise Conflict(f"the job is {job.status}: only a finished one can be retried")
    if "changes" in job.spec:
        raise Conflict("it exports changes: the next run of its schedule has them all")


def queue_of(spec: ExportSpec) -> str:
    """Work that is known to be small has a queue of its own."""
    is_small = spec.max_rows is not None and spec.max_rows < knob("BULK_ROWS")
    return INTERACTIVE if is_small else BULK


def check_immediate_size(mode: Mode, spec: ExportSpec, expected: int) -> None:
    """:raises SizeExceeded: so many rows are a job's work."""
    most = int(knob("IMMEDIATE_MAX_ROWS"))
    waits = mode is Mode.IMMEDIATE or (mode is Mode.INLINE and spec.builds_first)
    if waits and expected > most:
        raise SizeExceeded(
            f"{expected} rows are more than an immediate export may have ({most}):"
            " create a job with POST /v1/export/jobs, or set max_rows"
        )
