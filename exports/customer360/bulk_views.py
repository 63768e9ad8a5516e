"""Bulk exports over HTTP: ask for one, watch it, cancel it."""

from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from customers import ids
from customers.models import Business
from customers.permissions import EXPORT_CUSTOMER
from exports import jobs
from exports.customer360 import language, limits
from exports.customer360.bulk_asking import Asker, request_bulk
from exports.customer360.bulk_serializers import BODY, BulkJobSerializer
from exports.customer360.faults import errors, no_permission
from exports.customer360.serializers import (
    CHALLENGE,
    WHOLE,
    limit_headers,
)
from exports.customer360.staff_view import StaffView, account, check_anywhere
from exports.errors import JobNotFound
from exports.models import ExportJob, IdempotencyRecord
from exports.models.jobs import CUSTOMER_360
from exports.views.answers import accepted, caller, header
from exports.views.parameters import of_path
from exports.views.parsers import no_fields, no_unknown
from exports.views.replays import ReplayingView

PATH: Final = "/api/admin/customers/export"
_JOB_ID: Final = of_path("job_id", "job", example="a job")
_HEADERS: Final = [
    CHALLENGE,
    header("Location", "The job", 202),
    header(
        "Retry-After",
        "Seconds to wait, then look or ask",
        *(202, 429, 503),
        schema=WHOLE,
    ),
    *limit_headers(
        "any 5 minutes",
        always=(202, 400, 404, 409, 422, 429),
        # A session without its CSRF token is refused before it is counted.
        at_times=(403, 413, 415, 500, 503),
    ),
]
_WAIT: Final = header(
    "Retry-After", "Seconds, after which to ask again", 503, schema=WHOLE
)


# No docstrings: the document would take them for descriptions.
class _BulkView(StaffView):
    audited = "customer.bulk_export"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_anywhere(request)

    def object_id(self) -> str:
        shown = str(self.kwargs.get("job_id", ""))
        # What is no id may hold what PostgreSQL keeps in no text.
        return shown if ids.read("job", shown) else ""


class BulkView(_BulkView, ReplayingView):
    limit_kind = limits.BULK
    creating = frozenset({"post"})

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.begin(request)

    def may_replay(self, request: Request, business_id: str) -> bool:
        return account(request).has_perm(EXPORT_CUSTOMER, Business(pk=business_id))

    @extend_schema(
        operation_id="customers_export_create",
        summary="Export many customers in the background",
        description="For staff who may export customers of the business: all of them"
        " or none. 2 requests in 5 minutes are let through from one address.",
        parameters=_HEADERS,
        request={"application/json": BODY},
        responses={202: BulkJobSerializer, **errors(400, 403, 404, 409, 413, 415, 429)},
    )
    def post(self, request: Request) -> Response:
        no_unknown(request, ())
        by = Asker(account(request), caller(request), language.of_asker(request))
        with self.noting() as note:
            job = request_bulk(request.data, by=by, now=timezone.now())
            note(str(job.pk), business_id=job.business_id)
        return _accepted(job, request)

    def remade(self, record: IdempotencyRecord) -> Response:
        rows = ExportJob.objects.with_file()
        return _accepted(rows.get(pk=str(record.made)), self.request)


class BulkJobView(_BulkView):
    @extend_schema(
        operation_id="customers_export_read",
        summary="A bulk export: how far it is, and its file",
        parameters=[_JOB_ID, CHALLENGE, _WAIT],
        responses={200: BulkJobSerializer, **errors(400, 403, 404)},
    )
    def get(self, request: Request, job_id: str) -> Response:
        no_unknown(request, ())
        return Response(_shown(_find(job_id, request), request))


class BulkCancelView(_BulkView):
    @extend_schema(
        operation_id="customers_export_cancel",
        summary="Cancel a bulk export that is not finished",
        parameters=[_JOB_ID, CHALLENGE, _WAIT],
        request=None,
        responses={200: BulkJobSerializer, **errors(400, 403, 404, 409, 413, 415)},
    )
    def post(self, request: Request, job_id: str) -> Response:
        no_unknown(request, ())
        job = _find(job_id, request)
        no_fields(request)
        jobs.cancel(job, actor=caller(request), now=timezone.now())
        return Response(_shown(job, request))


def _accepted(job: ExportJob, request: Request) -> Response:
    return accepted(_shown(job, request), {"Location": f"{PATH}/{job.job_id}"})


def _shown(job: ExportJob, request: Request) -> Any:
    return BulkJobSerializer(job, context={"actor": caller(request)}).data


def _find(job_id: str, request: Request) -> ExportJob:
    """:raises JobNotFound: there is none, or it is not theirs: alike."""
    key = ids.read("job", job_id)
    mine = ExportJob.objects.for_businesses(caller(request).business_ids).background()
    found = mine.filter(export_type=CUSTOMER_360).with_file()
    job = found.select_related("business").filter(pk=key).first() if key else None
    if job is None:
        raise JobNotFound("Job not found")
    if not account(request).has_perm(EXPORT_CUSTOMER, job.business):
        raise no_permission(EXPORT_CUSTOMER)
    return job
