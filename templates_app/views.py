"""Templates over HTTP: read-only, the built-in ones."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from exports.views.answers import AnyAccept, errors
from exports.views.jobs import LIMIT, OFFSET
from exports.views.parsers import no_unknown, page
from templates_app import library
from templates_app.serializers import TemplateListSerializer, TemplateSerializer


class TemplateViewSet(viewsets.ViewSet):
    content_negotiation_class = AnyAccept
    lookup_field = "template_id"
    lookup_value_regex = "[^/]+"

    @extend_schema(
        operation_id="template_list",
        summary="Templates; or one by template_id",
        parameters=[
            OpenApiParameter("template_id", str, description="Answer this one alone"),
            LIMIT,
            OFFSET,
        ],
        responses={200: TemplateListSerializer, **errors(400, 404)},
    )
    def list(self, request: Request) -> Response:
        no_unknown(request, ("template_id", "limit", "offset"))
        if "template_id" in request.query_params:
            return self.retrieve(request, request.query_params["template_id"])
        limit, offset = page(request)
        every = [template.as_json() for template in library.BUILT_IN.values()]
        return Response(
            {
                "templates": every[offset : offset + limit],
                "total_count": len(every),
                "limit": limit,
                "offset": offset,
            }
        )

    @extend_schema(
        operation_id="template_read",
        summary="One template",
        parameters=[OpenApiParameter("template_id", str, OpenApiParameter.PATH)],
        responses={200: TemplateSerializer, **errors(400, 404)},
    )
    def retrieve(self, request: Request, template_id: str) -> Response:
        no_unknown(request, ("template_id",))
        return Response(library.find(template_id).as_json())
