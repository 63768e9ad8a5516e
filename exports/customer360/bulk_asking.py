"""Asking for many customers at once: the body checked, the customers found, the job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from customers.actors import Actor
from customers.models import Business, Customer, User
from customers.permissions import EXPORT_CUSTOMER
from customers.view360.days import Days
from exports import jobs
from exports.customer360 import bulk_fields
from exports.customer360.bulk_spec import BulkSpec
from exports.customer360.faults import UnsupportedFormat, no_permission
from exports.customer360.options import MOST, since
from exports.errors import CustomerNotFound, Invalid
from exports.models import ExportJob, Mode
from exports.models.jobs import BULK, CUSTOMER_360
from exports.pipeline.renderers import pdf_fonts


@dataclass(frozen=True, slots=True)
class Asker:
    """:ivar language: that their answers are in."""

    user: User
    actor: Actor
    language: str


def request_bulk(payload: Any, *, by: Asker, now: datetime) -> ExportJob:
    """The job, once all of it is allowed and all customers are there.

    :raises Invalid: naming each field that is wrong.
    :raises CustomerNotFound: one is not there, or not theirs: nobody learns which.
    :raises Forbidden: the business is theirs, but not for this.
    :raises UnsupportedFormat: this installation lacks what the format needs.
    :raises Conflict: as many of the business's jobs wait and run as may.
    """
    job = bulk_job(payload, by=by, now=now)
    with transaction.atomic():
        jobs.add(job, actor=by.actor, details=told(job))
    return job


def told(job: ExportJob) -> dict[str, Any]:
    """What the trail tells of a bulk job besides."""
    return {"customers": len(job.spec["customer_ids"])}


def bulk_job(payload: Any, *, by: Asker, now: datetime) -> ExportJob:
    """The same, not yet saved.

    :raises ExportError: as ``request_bulk`` does.
    :raises UnsupportedFormat: this installation lacks what the format needs.
    """
    asked = bulk_fields.read(payload)
    _check_installed(asked.options["format"])
    business, customer_ids = _found(asked, by)
    _check_permission(by, business)
    days = Days.at(now, zone=business.time_zone)
    spec = BulkSpec(
        customer_ids=customer_ids,
        options=asked.options,
        since=since(asked.options["dateRange"], days),
        language=by.language,
        workbook=asked.workbook,
    )
    return _job(spec, business, asked.filters, by=by, now=now)


def _check_installed(format_name: str) -> None:
    """:raises UnsupportedFormat: else each attempt of the job would fail for it."""
    packages = pdf_fonts.missing() if format_name == "pdf" else []
    if packages:
        raise UnsupportedFormat(
            f"PDF needs more here: apt-get install {' '.join(packages)}"
        )


def _found(asked: bulk_fields.Asked, by: Asker) -> tuple[Business, Sequence[UUID]]:
    if asked.customer_ids is None:
        return _filtered(asked, by)
    rows = Customer.objects.for_businesses(by.actor.business_ids)
    if asked.business_id is not None:
        rows = rows.for_business(asked.business_id)
    rows = rows.filter(pk__in=asked.customer_ids)
    owners = dict(rows.values_list("pk", "business_id"))
    if len(owners) != len(asked.customer_ids):
        raise CustomerNotFound("Customer not found")
    business_ids = set(owners.values())
    if len(business_ids) > 1:
        message = "customerIds must be of customers of one business"
        raise Invalid.field("customerIds", message)
    return Business.objects.get(pk=business_ids.pop()), asked.customer_ids


def _filtered(asked: bulk_fields.Asked, by: Asker) -> tuple[Business, Sequence[UUID]]:
    business = Business.objects.filter(pk=asked.business_id).first()
    if business is None or not by.actor.grant(business.id):
        raise CustomerNotFound("Customer not found")
    _check_permission(by, business)
    rows = Customer.objects.for_business(business.id).filter(**asked.lookups)
    # Several tags or segments of one customer are several rows of a join.
    keys = rows.order_by("pk").values_list("pk", flat=True).distinct()
    found = list(keys[: MOST + 1])
    if not found:
        raise CustomerNotFound("Customer not found")
    if len(found) > MOST:
        message = f"filter matches more than {MOST} customers: narrow it"
        raise Invalid.field("filter", message)
    return business, found


def _check_permission(by: Asker, business: Business) -> None:
    if not by.user.has_perm(EXPORT_CUSTOMER, business):
        raise no_permission(EXPORT_CUSTOMER)


def _job(
    spec: BulkSpec,
    business: Business,
    filters: Mapping[str, Any],
    *,
    by: Asker,
    now: datetime,
) -> ExportJob:
    grant = by.actor.grant(business.id)
    if grant is None:
        raise CustomerNotFound("Customer not found")
    return ExportJob(
        business=business,
        mode=Mode.BACKGROUND,
        queue=BULK,
        export_type=CUSTOMER_360,
        format=spec.format_name,
        spec=spec.as_json(business_id=business.id, filters=filters),
        actor_kind=by.actor.kind,
        actor_id=by.actor.id,
        actor_label=by.actor.label,
        clearance=grant.clearance,
        request_id=by.actor.request_id,
        created_at=now,
    )
