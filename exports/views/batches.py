"""Several exports at once, and the archive of their files."""

from typing import TYPE_CHECKING, Final

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers import ids
from customers.actors import Actor
from exports import batches, metrics, policy
from exports.errors import NotFound
from exports.models import ExportBatch, IdempotencyRecord
from exports.serializers.batches import BatchRequestSerializer, BatchSerializer
from exports.views.answers import accepted, caller, errors
from exports.views.base import ApiViewSet
from exports.views.parsers import no_unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

BATCH_ID: Final = OpenApiParameter(
    "batch_id",
    str,
    OpenApiParameter.PATH,
    examples=[OpenApiExample("a batch", "bat_01JD3Z5V8N8Q0C9X2T4W6Y8Z0A")],
)


class BatchViewSet(ApiViewSet):
    limit_kinds = {"create": "jobs", "file": "downloads"}
    creating = frozenset({"create"})
    lookup_field = "batch_id"

    @extend_schema(
        operation_id="batch_create",
        summary="2 to 50 exports of one business: a job each",
        description="All are checked before any job is made.",
        request=BatchRequestSerializer,
        responses={202: BatchSerializer, **errors(400, 403, 404, 413, 415)},
    )
    def create(self, request: Request) -> Response:
        no_unknown(request, ())
        with self.noting() as note:
            made = batches.request_batch(
                request.data, actor=caller(request), now=timezone.now()
            )
            note(str(made.batch.pk), business_id=made.batch.business_id)
        return _accepted(made)

    def remade(self, record: IdempotencyRecord) -> Response:
        batch = ExportBatch.objects.get(pk=str(record.made))
        return _accepted(batches.outlook(batch))

    @extend_schema(
        operation_id="batch_read",
        summary="A batch: its jobs, and how far they are together",
        parameters=[BATCH_ID],
        responses={200: BatchSerializer, **errors(400, 403, 404)},
    )
    def retrieve(self, request: Request, batch_id: str) -> Response:
        no_unknown(request, ())
        batch = _find(batch_id, caller(request))
        return Response(BatchSerializer(batches.outlook(batch)).data)

    @extend_schema(
        operation_id="batch_file",
        summary="One ZIP of the files and manifests",
        description="Of a batch with bundle, once it has ended. batch.json in it says"
        " what became of each job. A file that was altered in storage breaks it off.",
        parameters=[BATCH_ID],
        responses={
            (200, "application/zip"): OpenApiResponse(
                {"description": "The bytes of the archive"}, "The archive"
            ),
            **errors(400, 403, 404, 409, 410, 500, 503),
        },
    )
    @action(detail=True, methods=["get"])
    def file(self, request: Request, batch_id: str) -> StreamingHttpResponse:
        no_unknown(request, ())
        actor = caller(request)
        found = batches.outlook(_find(batch_id, actor))
        bundle = metrics.downloaded(
            "bundle",
            serve=lambda: batches.Bundle(found, reader=actor, now=timezone.now()),
        )
        is_head = request.method == "HEAD"
        if not is_head:
            batches.record("batch.downloaded", found.batch, actor=actor)
        # Of a HEAD the server would read it to its end, and throw it away.
        content: Iterable[bytes] = () if is_head else bundle
        answer = StreamingHttpResponse(content, content_type="application/zip")
        answer["Cache-Control"] = "private, no-store"
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=bundle.name
        )
        return answer


def _accepted(made: batches.Outlook) -> Response:
    address = f"/v1/export/batches/{made.batch.batch_id}"
    return accepted(BatchSerializer(made).data, {"Location": address})


def _find(batch_id: str, actor: Actor) -> ExportBatch:
    """:raises NotFound: there is none, or it is not theirs: alike."""
    return policy.found(
        ExportBatch.objects.select_related("business"),
        ids.read("bat", batch_id),
        actor=actor,
        scope="exports:read",
        absent=NotFound.of("batch", batch_id),
    )
