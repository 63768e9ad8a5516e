"""Who did what: the audit events of the caller's businesses."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers import ids
from customers.models import AuditEvent
from customers.reach import Businesses, within
from exports.serializers.answers import MomentField
from exports.serializers.shapes import PageSerializer
from exports.views.answers import caller, errors
from exports.views.base import ApiViewSet
from exports.views.listing import PARAMETERS, narrowing
from exports.views.paging import paged, shown_by
from exports.views.parameters import LIMIT, OFFSET
from exports.views.parsers import no_unknown
from exports.views.scope import readable_businesses

_EXACT: Final = ("action", "actor_id", "object_id", "outcome")
# The lookups of a job's time -> those of an event's.
_TIMES: Final = {"created_at__gte": "at__gte", "created_at__lt": "at__lt"}
_SHARED: Final = ("business_id", "created_after", "created_before")
_KNOWN: Final = (*_SHARED, *_EXACT, "limit", "offset")


class AuditEventSerializer(serializers.Serializer[AuditEvent]):
    event_id = serializers.SerializerMethodField()
    at = MomentField()
    business_id = serializers.CharField()
    actor_kind = serializers.CharField()
    actor_id = serializers.CharField()
    actor_label = serializers.CharField()
    action = serializers.CharField()
    object_type = serializers.CharField()
    object_id = serializers.CharField()
    outcome = serializers.CharField()
    ip_address = serializers.CharField()
    request_id = serializers.CharField()
    details = serializers.DictField()

    def get_event_id(self, event: AuditEvent) -> str:
        return ids.show("evt", event.pk)


class AuditListSerializer(PageSerializer):
    events = AuditEventSerializer(many=True)


class AuditViewSet(ApiViewSet):
    @extend_schema(
        operation_id="audit_list",
        summary="Who did what in your businesses, newest first",
        parameters=[
            *(each for each in PARAMETERS if each.name in _SHARED),
            *(OpenApiParameter(name, str, description="Exactly") for name in _EXACT),
            LIMIT,
            OFFSET,
        ],
        responses={200: AuditListSerializer, **errors(400, 403, 404)},
    )
    def list(self, request: Request) -> Response:
        no_unknown(request, _KNOWN)
        actor = caller(request)
        events = _events(readable_businesses(request, actor)).filter(
            **{
                _TIMES.get(lookup, lookup): value
                for lookup, value in narrowing(
                    request, actor, scope="exports:read"
                ).items()
            },
            **{
                name: request.query_params[name]
                for name in _EXACT
                if name in request.query_params
            },
        )
        newest = events.order_by("-at", "-id")
        return paged(request, "events", newest, shown_by(AuditEventSerializer))


def _events(businesses: Businesses) -> Any:
    """What is of no business is the installation's own affair."""
    return AuditEvent.objects.filter(within(businesses), business_id__isnull=False)
