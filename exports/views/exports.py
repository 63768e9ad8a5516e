"""Exports that run at once: a stored file, or the file as the answer."""

from collections.abc import Iterator
from typing import Final

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from drf_spectacular.utils import (
    OpenApiExample,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from exports import idempotency, jobs, runs
from exports.errors import Invalid
from exports.models import ExportFile, ExportJob, IdempotencyRecord, Mode
from exports.serializers.answers import ExportSerializer, JsonFileSerializer
from exports.serializers.requests import ExportSpecSerializer
from exports.states import FINAL, JobStatus
from exports.views.answers import a_file, caller, errors
from exports.views.base import ApiViewSet
from exports.views.parsers import no_unknown

_WORKER: Final = "web"


_EXPORT_OR_FILE: Final = PolymorphicProxySerializer(
    "ExportOrJsonFile",
    [ExportSerializer, JsonFileSerializer],
    resource_type_field_name=None,
)


_SMALLEST: Final = {
    "business_id": "business_123",
    "export_type": "verifications",
    "format": "csv",
}
_EXAMPLES: Final = [
    OpenApiExample("a file to fetch", _SMALLEST, request_only=True),
    OpenApiExample(
        "the file itself", _SMALLEST | {"delivery": "inline"}, request_only=True
    ),
]


class ExportViewSet(ApiViewSet):
    limit_kinds = {"create": "exports"}
    creating = frozenset({"create"})
    debugging = frozenset({"create"})

    @extend_schema(
        operation_id="export_now",
        summary="Export at once",
        description="Runs now. With delivery inline the answer is the file itself,"
        " streamed as it is read; a break ends it without its last chunk.",
        request=ExportSpecSerializer,
        examples=_EXAMPLES,
        responses={
            **a_file(200),
            (200, "application/json"): _EXPORT_OR_FILE,
            **errors(400, 403, 404, 409, 413, 415, 422, 500),
        },
    )
    def create(self, request: Request) -> Response | StreamingHttpResponse:
        no_unknown(request, ())
        self._refuse_key_with_stream(request)
        with self.noting() as note:
            job = jobs.request_export(
                request.data,
                actor=caller(request),
                now=timezone.now(),
                mode=Mode.IMMEDIATE,
            )
            note(str(job.pk), business_id=job.business_id)
        if job.mode == Mode.INLINE:
            return _streamed(job)
        runs.run_now(job, worker=_WORKER)
        return self._answered(job)

    def remade(self, record: IdempotencyRecord) -> Response | None:
        """One that failed is made anew.

        :raises Conflict: it runs, or will soon be found to have lost its process.
        """
        job = ExportJob.objects.get(pk=str(record.made))
        if job.status not in FINAL:
            raise idempotency.running()
        return self._answered(job) if job.status == JobStatus.COMPLETED else None

    def _answered(self, job: ExportJob) -> Response:
        file = ExportFile.objects.select_related("job").get(job=job)
        request = self.request
        context = {"actor": caller(request), "debug": self.wants_debug(request)}
        data = ExportSerializer(file, context=context).data
        return Response(data, status=status.HTTP_200_OK)

    @staticmethod
    def _refuse_key_with_stream(request: Request) -> None:
        """:raises Invalid: a stream is not kept, so it cannot be replayed."""
        asked = request.data
        is_inline = isinstance(asked, dict) and asked.get("delivery") == "inline"
        if is_inline and idempotency.HEADER in request.headers:
            message = f"{idempotency.HEADER} is not taken with delivery inline"
            raise Invalid.field(idempotency.HEADER, message)


class _Resumed:
    """The rest of an iteration whose first chunk was taken to see that it begins."""

    def __init__(self, rest: Iterator[bytes], first: bytes) -> None:
        self._rest, self._first = rest, first

    def __iter__(self) -> Iterator[bytes]:
        yield self._first
        yield from self._rest

    def close(self) -> None:
        """Ends the run too when the client goes away."""
        close = getattr(self._rest, "close", None)
        if close:
            close()


def _streamed(job: ExportJob) -> StreamingHttpResponse:
    """Whatever is refused before the first byte is still answered as an error."""
    chunks = runs.stream(job, worker=_WORKER)
    first = next(chunks, b"")
    packaging = runs.plan_of(job).packaging({})
    response = StreamingHttpResponse(
        _Resumed(chunks, first), content_type=packaging.content_type
    )
    name = runs.display_name(job, packaging.file_extension)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=name
    )
    response["X-Export-ID"] = job.export_id
    response["Cache-Control"] = "private, no-store"
    return response
