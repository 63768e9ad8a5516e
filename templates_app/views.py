"""Templates over HTTP: the built-in ones, and a business's own."""

from collections.abc import Callable
from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from exports.models import IdempotencyRecord
from exports.pipeline.datasets import DATASETS
from exports.pipeline.renderers import ALIASES, RENDERERS
from exports.views.answers import caller, created, errors
from exports.views.base import ApiViewSet
from exports.views.paging import page_of
from exports.views.parameters import LIMIT, OFFSET
from exports.views.parsers import no_unknown, page
from templates_app import changes, library, listing
from templates_app.saved import Template
from templates_app.serializers import (
    NewTemplateSerializer,
    PartOfTemplateSerializer,
    TemplateListSerializer,
    TemplateSerializer,
    WholeTemplateSerializer,
)

_EXAMPLE: Final = OpenApiExample("a built-in one", "verifications_csv")
_TEMPLATES: Final = PolymorphicProxySerializer(
    "TemplateListOrTemplate",
    [TemplateListSerializer, TemplateSerializer],
    resource_type_field_name=None,
    many=False,
)
_TEMPLATE_ID: Final = OpenApiParameter(
    "template_id", str, OpenApiParameter.PATH, examples=[_EXAMPLE]
)
_OWNER: Final = OpenApiParameter(
    "business_id",
    str,
    description="Whose template: needed only when several of your businesses have one"
    " of that id",
)
_ONE: Final = [_TEMPLATE_ID, _OWNER]
_CHANGING: Final[dict[str, Any]] = {
    "parameters": _ONE,
    "responses": {200: TemplateSerializer, **errors(400, 403, 404, 413, 415)},
}


class TemplateViewSet(ApiViewSet):
    lookup_field = "template_id"
    limit_kinds = dict.fromkeys(
        ("list", "retrieve", "create", "update", "partial_update", "destroy"),
        "templates",
    )
    creating = frozenset({"create"})

    @extend_schema(
        operation_id="template_list",
        summary="Templates, built-in ones first; or one by template_id",
        parameters=[
            OpenApiParameter(
                "template_id",
                str,
                description="Answer this one alone",
                examples=[_EXAMPLE],
            ),
            OpenApiParameter("type", str, enum=list(DATASETS)),
            OpenApiParameter("format", str, enum=[*RENDERERS, *ALIASES]),
            OpenApiParameter(
                "business_id", str, description="Only this business's own ones"
            ),
            LIMIT,
            OFFSET,
        ],
        responses={200: _TEMPLATES, **errors(400, 404)},
    )
    def list(self, request: Request) -> Response:
        no_unknown(
            request,
            ("template_id", "type", "format", "business_id", "limit", "offset"),
        )
        limit, offset = page(request)
        wanted = listing.read(request.query_params)
        if "template_id" in request.query_params:
            return _one(request, request.query_params["template_id"])
        businesses = changes.visible(caller(request), wanted.business_id)
        shown, count = listing.look(wanted, businesses, limit=limit, offset=offset)
        texts = [template.as_json() for template in shown]
        return page_of(request, "templates", texts, total=count)

    @extend_schema(
        operation_id="template_create",
        summary="Keep a template for a business",
        request=NewTemplateSerializer,
        responses={
            201: TemplateSerializer,
            **errors(400, 403, 404, 409, 413, 415, 422),
        },
    )
    def create(self, request: Request) -> Response:
        no_unknown(request, ())
        with self.noting() as note:
            template = changes.create(
                request.data, actor=caller(request), now=timezone.now()
            )
            note(template.id, business_id=str(template.business_id))
        return _created(template)

    def remade(self, record: IdempotencyRecord) -> Response:
        """:raises TemplateNotFound: it was deleted meanwhile."""
        owner = frozenset({str(record.business_id)})
        return _created(library.find(str(record.made), business_ids=owner))

    @extend_schema(
        operation_id="template_read",
        summary="One template",
        parameters=_ONE,
        responses={200: TemplateSerializer, **errors(400, 404)},
    )
    def retrieve(self, request: Request, template_id: str) -> Response:
        return _one(request, template_id, known=("business_id",))

    @extend_schema(
        operation_id="template_replace",
        summary="Replace a template of your own; what is left out gets its default",
        request=WholeTemplateSerializer,
        **_CHANGING,
    )
    def update(self, request: Request, template_id: str) -> Response:
        return _changed(changes.replace, request, template_id)

    @extend_schema(
        operation_id="template_change",
        summary="Change a template of your own; what is left out stays",
        request=PartOfTemplateSerializer,
        **_CHANGING,
    )
    def partial_update(self, request: Request, template_id: str) -> Response:
        return _changed(changes.amend, request, template_id)

    @extend_schema(
        operation_id="template_delete",
        summary="Delete a template of your own",
        parameters=_ONE,
        responses={204: None, **errors(400, 403, 404)},
    )
    def destroy(self, request: Request, template_id: str) -> Response:
        no_unknown(request, ("business_id",))
        owner = request.query_params.get("business_id")
        changes.delete(template_id, actor=caller(request), business_id=owner)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _changed(
    change: Callable[..., Template], request: Request, template_id: str
) -> Response:
    no_unknown(request, ("business_id",))
    template = change(
        template_id,
        request.data,
        actor=caller(request),
        business_id=request.query_params.get("business_id"),
        now=timezone.now(),
    )
    return Response(template.as_json())


def _created(template: Template) -> Response:
    address = f"/v1/export/templates/{template.id}?business_id={template.business_id}"
    return created(template.as_json(), address=address)


def _one(
    request: Request, template_id: str, *, known: tuple[str, ...] | None = None
) -> Response:
    if known is not None:
        no_unknown(request, known)
    owner = request.query_params.get("business_id")
    businesses = changes.visible(caller(request), owner)
    template = library.find(template_id, business_ids=businesses)
    return Response(template.as_json())
