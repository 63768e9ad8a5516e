"""Exports in the background: ask for one, watch it, cancel, retry, delete it."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers import ids, security
from customers.actors import Actor
from exports import jobs, policy
from exports.errors import Forbidden, JobNotFound
from exports.models import ExportJob, IdempotencyRecord, JobQuerySet, Mode
from exports.serializers.answers import JobListSerializer, JobSerializer
from exports.serializers.requests import ExportSpecSerializer, RetrySerializer
from exports.views.answers import accepted, caller, errors
from exports.views.base import ApiViewSet
from exports.views.events import Events
from exports.views.listing import NARROWING, PARAMETERS, narrowing
from exports.views.paging import paged
from exports.views.parameters import LIMIT, OFFSET, of_path
from exports.views.parsers import no_fields, no_unknown, page

JOB_ID: Final = of_path("job_id", "job", example="a job")
_JOBS: Final = PolymorphicProxySerializer(
    "JobListOrJob",
    [JobListSerializer, JobSerializer],
    resource_type_field_name=None,
    many=False,
)


class JobViewSet(ApiViewSet):
    limit_kinds = {"create": "jobs", "retry": "jobs"}
    creating = frozenset({"create", "retry"})
    debugging = frozenset({"list", "retrieve"})
    lookup_field = "job_id"

    @extend_schema(
        operation_id="job_create",
        summary="Export in the background",
        request=ExportSpecSerializer,
        responses={202: JobSerializer, **errors(400, 403, 404, 413, 415, 500)},
    )
    def create(self, request: Request) -> Response:
        no_unknown(request, ())
        with self.noting() as note:
            job = jobs.request_export(
                request.data,
                actor=caller(request),
                now=timezone.now(),
                mode=Mode.BACKGROUND,
            )
            note(str(job.pk), business_id=job.business_id)
        return self._accepted(job)

    def remade(self, record: IdempotencyRecord) -> Response:
        rows = ExportJob.objects.with_file()
        return self._accepted(rows.get(pk=str(record.made)))

    @extend_schema(
        operation_id="job_list",
        summary="The jobs of your businesses, newest first; or one by job_id",
        parameters=[
            OpenApiParameter(
                "job_id",
                str,
                description="Answer this job alone",
                examples=JOB_ID.examples,
            ),
            *PARAMETERS,
            LIMIT,
            OFFSET,
        ],
        responses={200: _JOBS, **errors(400, 403, 404)},
    )
    def list(self, request: Request) -> Response:
        no_unknown(request, ("job_id", "limit", "offset", *NARROWING))
        actor = caller(request)
        narrowed = narrowing(request, actor, scope="exports:read")
        if "job_id" in request.query_params:
            page(request)  # what is wrong with it is refused here too
            return self._one(request, request.query_params["job_id"])
        visible = _visible(actor).filter(**narrowed)
        found = visible.newest_first().with_file()
        show = partial(self._shown, request, many=True)
        return paged(request, "jobs", found, show)

    @extend_schema(
        operation_id="job_read",
        summary="One job",
        parameters=[JOB_ID],
        responses={200: JobSerializer, **errors(400, 403, 404)},
    )
    def retrieve(self, request: Request, job_id: str) -> Response:
        no_unknown(request, ())
        return self._one(request, job_id)

    def _one(self, request: Request, job_id: str) -> Response:
        job = _find(job_id, caller(request), "exports:read")
        return Response(self._shown(request, job))

    def _shown(self, request: Request, shown: Any, *, many: bool = False) -> Any:
        context = {"actor": caller(request), "debug": self.wants_debug(request)}
        return JobSerializer(shown, many=many, context=context).data

    def _accepted(self, job: ExportJob) -> Response:
        """A new job; Link names the one that it is a retry of."""
        headers = {"Location": _address(job.pk)}
        if job.retried_from_id is not None:
            headers["Link"] = f'<{_address(job.retried_from_id)}>; rel="related"'
        return accepted(self._shown(self.request, job), headers)

    @extend_schema(
        operation_id="job_cancel",
        summary="Cancel a job that is not finished",
        parameters=[JOB_ID],
        request=None,
        responses={200: JobSerializer, **errors(400, 403, 404, 409, 413, 415)},
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, job_id: str) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        job = _find(job_id, actor, "exports:write")
        no_fields(request)
        jobs.cancel(job, actor=actor, now=timezone.now())
        return Response(self._shown(request, job))

    @extend_schema(
        operation_id="job_retry",
        summary="The same export again, as a new job",
        description="Of a finished job: its spec as stored, with relative ranges"
        " resolved anew. Link names the old job. Of one with a password, the body gives"
        " it again.",
        parameters=[JOB_ID],
        request=RetrySerializer,
        responses={202: JobSerializer, **errors(400, 403, 404, 409, 413, 415)},
    )
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, job_id: str) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        job = _find(job_id, actor, "exports:write")
        password = no_fields(request, but=("password",)).get("password")
        with self.noting() as note:
            again = jobs.retry(job, actor=actor, now=timezone.now(), password=password)
            note(str(again.pk), business_id=again.business_id)
        return self._accepted(again)

    @extend_schema(
        operation_id="job_delete",
        summary="Delete the file of a finished job; the job stays",
        parameters=[JOB_ID],
        responses={
            204: OpenApiResponse(description="The file is gone, its links are void"),
            **errors(400, 403, 404, 409),
        },
    )
    def destroy(self, request: Request, job_id: str) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        jobs.discard(_find(job_id, actor, "exports:write"), actor=actor)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="job_events",
        summary="Its progress as server-sent events",
        description="An event progress for each change, and end when the job is"
        " finished. It ends itself after 25 seconds: connect again with the last id.",
        parameters=[
            JOB_ID,
            OpenApiParameter("Last-Event-ID", str, OpenApiParameter.HEADER),
        ],
        responses={
            (200, "text/event-stream"): OpenApiResponse(
                {
                    "type": "object",
                    "description": "An event: its data is a job as JSON",
                    "properties": {
                        "event": {"type": "string", "enum": ["progress", "end"]},
                        "id": {"type": "string"},
                        "data": {"type": "string"},
                        "retry": {"type": "integer"},
                    },
                },
                "Events",
            ),
            **errors(400, 403, 404, 503),
        },
    )
    @action(detail=True, methods=["get"])
    def events(self, request: Request, job_id: str) -> HttpResponseBase:
        no_unknown(request, ())
        actor = caller(request)
        job = _find(job_id, actor, "exports:read")
        answer: HttpResponseBase = HttpResponse()
        if request.method == "GET":
            seen = request.headers.get("Last-Event-ID", "")
            rows = ExportJob.objects.filter(pk=job.pk)
            read = rows.with_file().first
            events = Events(job, read=read, seen=seen, reader=actor)
            answer = StreamingHttpResponse(events)
        answer["Content-Type"] = "text/event-stream"
        answer["Cache-Control"] = "no-store"
        answer["X-Accel-Buffering"] = "no"
        return answer


def _address(key: UUID) -> str:
    return f"/v1/export/jobs/{ids.show('job', key)}"


def _visible(actor: Actor) -> JobQuerySet:
    """Background jobs of the businesses whose exports the actor may read."""
    readable = actor.businesses_with("exports:read")
    if readable == frozenset():
        security.refused("scope_refused", actor=actor, scope="exports:read")
        raise Forbidden("this needs the scope exports:read")
    return ExportJob.objects.for_businesses(readable).background().of_datasets()


def _find(job_id: str, actor: Actor, scope: str) -> ExportJob:
    """:raises JobNotFound: there is none, or it is not theirs: alike."""
    rows = ExportJob.objects.background().of_datasets()
    return policy.found(
        rows.with_file(),
        ids.read("job", job_id),
        actor=actor,
        scope=scope,
        absent=JobNotFound.of("job", job_id),
    )
