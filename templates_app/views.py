"""Templates over HTTP: read-only, the built-in ones."""

from typing import Final

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from exports.views.answers import AnyAccept, errors
from exports.views.jobs import LIMIT, OFFSET
from exports.views.parsers import no_unknown, page
from templates_app import library
from templates_app.serializers import TemplateListSerializer, TemplateSerializer

_EXAMPLE: Final = OpenApiExample("a built-in one", "verifications_csv")
_TEMPLATES: Final = PolymorphicProxySerializer(
    "TemplateListOrTemplate",
    [TemplateListSerializer, TemplateSerializer],
    resource_type_field_name=None,
    many=False,
)


class TemplateViewSet(viewsets.ViewSet):
    content_negotiation_class = AnyAccept
    lookup_field = "template_id"
    lookup_value_regex = "[^/]+"

    @extend_schema(
        operation_id="template_list",
        summary="Templates; or one by template_id",
        parameters=[
            OpenApiParameter(
                "template_id",
                str,
                description="Answer this one alone",
                examples=[_EXAMPLE],
            ),
            LIMIT,
            OFFSET,
        ],
        responses={200: _TEMPLATES, **errors(400, 404)},
    )
    def list(self, request: Request) -> Response:
        no_unknown(request, ("template_id", "limit", "offset"))
        limit, offset = page(request)
        if "template_id" in request.query_params:
            template = library.find(request.query_params["template_id"])
            return Response(template.as_json())
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
        parameters=[
            OpenApiParameter(
                "template_id", str, OpenApiParameter.PATH, examples=[_EXAMPLE]
            )
        ],
        responses={200: TemplateSerializer, **errors(400, 404)},
    )
    def retrieve(self, request: Request, template_id: str) -> Response:
        no_unknown(request, ())
        return Response(library.find(template_id).as_json())
