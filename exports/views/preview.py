"""A look at what an export would be."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from customers import audit
from exports import jobs, preview
from exports.serializers.batches import PreviewSerializer
from exports.serializers.requests import ExportSpecSerializer
from exports.views.answers import caller, errors
from exports.views.base import ApiViewSet
from exports.views.parsers import no_unknown


class PreviewViewSet(ApiViewSet):
    @extend_schema(
        operation_id="preview",
        summary="The first rows of an export as they would be written, and its size",
        description="Each value is its text. estimated_rows is exact at this moment;"
        " estimated_bytes is reckoned from the first 500 rows. Nothing is stored.",
        request=ExportSpecSerializer,
        responses={200: PreviewSerializer, **errors(400, 403, 404, 413, 415, 500)},
    )
    def create(self, request: Request) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        wanted = jobs.check(request.data, actor=actor)
        seen = preview.look(wanted.spec, wanted.business, now=timezone.now())
        audit.record(
            "export.previewed",
            actor=actor,
            business_id=wanted.business.id,
            object_type="business",
            object_id=wanted.business.id,
            details={
                "export_type": wanted.spec.export_type,
                "format": wanted.spec.format,
                "columns": [item.column.name for item in wanted.spec.columns],
                "rows": len(seen.rows),
            },
        )
        return Response(PreviewSerializer(seen).data)
