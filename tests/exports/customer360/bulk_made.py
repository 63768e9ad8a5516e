"""Bulk jobs as rows, and their files read back."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from customers.authentication import actor_for_user
from customers.clearance import Clearance
from customers.models import Customer, User
from exports import jobs, runs
from exports.customer360.bulk_spec import BulkSpec
from exports.customer360.options import DEFAULTS
from exports.models import ExportFile, ExportJob, Mode
from exports.models.jobs import CUSTOMER_360
from exports.pipeline.sinks.storage import open_storage
from tests import make

OPTIONS = {**DEFAULTS, "format": "csv"}


@pytest.fixture
def manager() -> User:
    return make.staff(of=make.business("business_mine"))


def waiting(
    of: Sequence[Customer], by: User, *, workbook: bool = False, **options: Any
) -> ExportJob:
    """A job that waits, as the endpoint makes it."""
    business = of[0].business
    actor = actor_for_user(by)
    spec = BulkSpec(
        customer_ids=[customer.pk for customer in of],
        options=OPTIONS | options,
        since=None,
        language="en",
        workbook=workbook,
    )
    grant = actor.grant(business.id)
    job = ExportJob(
        business=business,
        mode=Mode.BACKGROUND,
        queue="bulk",
        export_type=CUSTOMER_360,
        format=spec.format_name,
        spec=spec.as_json(business_id=business.id, filters={}),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label,
        clearance=grant.clearance if grant else Clearance.INTERNAL,
        created_at=timezone.now(),
    )
    with transaction.atomic():
        jobs.add(job, actor=actor)
    return job


def worked() -> ExportJob:
    """The only job, after a worker has had its turn."""
    runs.work("bulk", worker="w1")
    return ExportJob.objects.get()


def content() -> bytes:
    """The only file, as it lies in the storage."""
    file = ExportFile.objects.get()
    return (open_storage().root / file.key).read_bytes()


def members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content())) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def people(count: int = 3, *, business: str = "business_mine") -> list[Customer]:
    """Each with an order of two lines, a note and a tag; beside one of another's."""
    mine = make.business(business)
    made = [make.customer(mine, name=f"Person {n}") for n in range(count)]
    other = make.customer(make.business("business_other"), name="Charlie")
    for number, each in enumerate([*made, other]):
        make.order(each, number=f"O-{number}", lines=[{}, {"sku": "SKU-2"}])
        make.note(each, body=f"Note {number}")
        make.tag(each)
    return made
