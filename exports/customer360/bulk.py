"""The run of a bulk job: many customers' views from one snapshot, in one file."""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import translation

from customers import security
from customers.authentication import actor_for_user
from customers.clearance import Clearance
from customers.models import Customer, User
from customers.permissions import EXPORT_CUSTOMER
from customers.view360 import CustomerNotFound, open_view
from customers.view360.shape import View
from exports import jobs
from exports.customer360.bulk_book import workbook
from exports.customer360.bulk_spec import VERSION, BulkSpec
from exports.customer360.json import Export
from exports.errors import CustomerNotFound as CustomerGone
from exports.errors import Forbidden, Incomplete
from exports.models import ExportJob
from exports.models.jobs import CUSTOMER_360
from exports.pipeline.ranges import TimeRange
from exports.pipeline.rows import Snapshot, open_snapshot
from exports.pipeline.run import (
    GENERATING,
    QUERYING,
    TRANSFORMING,
    Unwatched,
    Watch,
)
from exports.pipeline.sinks.compress import gzip, zip_archive
from exports.pipeline.sinks.packaging import Packaging

if TYPE_CHECKING:
    from datetime import datetime


class BulkRun:
    """One run of a job; ``written`` counts customers.

    Days are counted from the day on which the job was asked for: another attempt
    gives the same figures.
    """

    spec: None = None
    """There are no rows of a dataset."""

    def __init__(self, job: ExportJob) -> None:
        """:raises Forbidden: whoever asked may no longer export customers."""
        _check_asker(job)
        self._job, self._bulk = job, BulkSpec.of(job)
        self.watch: Watch = Unwatched()
        self.found = self.expected = len(self._bulk.customer_ids)
        self.written = 0
        self.completeness = "complete"
        self.snapshot_at: datetime | None = None
        self.seconds: dict[str, float] = {}
        self.labels: list[str] = []

    @property
    def batches(self) -> int:
        return self.written

    @property
    def packaging(self) -> Packaging:
        return self._bulk.packaging

    @property
    def discloses(self) -> Clearance:
        """A view shows all that whoever asked may see."""
        return Clearance(self._job.clearance)

    def account(self) -> dict[str, Any]:
        clearance = Clearance(self._job.clearance)
        return {
            "time_range": TimeRange(start=self._bulk.since).as_json(),
            "dataset": {"name": CUSTOMER_360, "version": VERSION},
            "columns": self._bulk.columns(clearance),
        }

    def chunks(self) -> Generator[bytes, None, None]:
        """:raises CustomerNotFound: one of the customers is there no longer."""
        started = perf_counter()
        self.watch.step(QUERYING)
        with translation.override(self._bulk.language), open_snapshot() as snapshot:
            self.snapshot_at = snapshot.taken_at
            self._check_there(snapshot)
            self.watch.counted(self.expected)
            self.watch.step(TRANSFORMING)
            yield from self._workbook() if self._bulk.workbook else self._archive()
        if self.written != self.expected:
            raise Incomplete(
                f"the file would be short: {self.written} customers were written,"
                f" {self.expected} were asked for"
            )
        self.seconds["render"] = perf_counter() - started

    def _check_there(self, snapshot: Snapshot) -> None:
        mine = Customer.objects.for_business(self._job.business_id)
        there = mine.filter(pk__in=self._bulk.customer_ids)
        if snapshot.count(there) != self.expected:
            raise _gone()

    def _workbook(self) -> Iterator[bytes]:
        business = self._job.business
        # Closed by name: what is broken off must not keep its view open.
        with closing(self._views()) as views:
            yield from workbook(views, title=business.name, currency=business.currency)

    def _views(self) -> Generator[View, None, None]:
        for customer_id in self._bulk.customer_ids:
            with self._opened(customer_id) as view:
                yield view
            self._wrote()

    def _archive(self) -> Iterator[bytes]:
        with closing(self._members()) as members:
            yield from zip_archive(members)

    def _members(self) -> Generator[tuple[str, Iterator[bytes]], None, None]:
        named = zip(self._bulk.names(), self._bulk.customer_ids, strict=True)
        for name, customer_id in named:
            with closing(self._one(customer_id)) as chunks:
                yield name, chunks

    def _one(self, customer_id: UUID) -> Generator[bytes, None, None]:
        with (
            self._opened(customer_id) as view,
            closing(self._bulk.format.body(view)) as body,
        ):
            chunks = self._bulk.format.framed(body, export=self._export(customer_id))
            if self._bulk.options["compression"] == "gzip":
                chunks = gzip(chunks)
            for chunk in chunks:
                self.watch.wrote(self.written)  # so that a cancel is heard
                yield chunk
        self._wrote()

    @contextmanager
    def _opened(self, customer_id: UUID) -> Iterator[View]:
        try:
            opened = open_view(
                customer_id,
                business_ids=frozenset([self._job.business_id]),
                sections=self._bulk.sections,
                clearance=Clearance(self._job.clearance),
                now=self._job.created_at,
            )
            with opened as view:
                self._note_cut(view)
                yield view
        except CustomerNotFound as error:
            raise _gone() from error

    def _note_cut(self, view: View) -> None:
        """Orders beyond the limit are left out: the file says so."""
        limit = self._bulk.sections.order_limit
        if limit is not None and (view.orders_found or 0) > limit:
            self.completeness = "limited"

    def _wrote(self) -> None:
        if not self.written:
            self.watch.step(GENERATING)
        self.written += 1
        self.watch.wrote(self.written)

    def _export(self, customer_id: UUID) -> Export:
        return Export(
            actor_id=self._job.actor_id,
            actor_name=self._job.actor_label,
            exported_at=self._job.created_at,
            customer_id=customer_id,
            format=self._bulk.format_name,
            options=self._bulk.options,
        )


def _check_asker(job: ExportJob) -> None:
    """:raises Forbidden: the account, its permission, or a part of its view is gone."""
    staff = User.objects.filter(pk=job.actor_id, is_active=True, is_staff=True)
    user = staff.first()
    grant = actor_for_user(user).grant(job.business_id) if user else None
    sees_all = grant is not None and grant.clearance >= job.clearance
    if not user or not sees_all or not user.has_perm(EXPORT_CUSTOMER, job.business):
        security.refused("permission_refused", actor=jobs.requester(job))
        raise Forbidden("who asked for this may no longer export these customers")


def _gone() -> CustomerGone:
    return CustomerGone(
        "a customer is gone since this was asked for: no file without them is made"
    )
