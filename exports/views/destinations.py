"""Destinations: buckets and servers of a business's own, and what was brought there."""

from typing import Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers import ids
from customers.actors import Actor
from exports import destinations, policy
from exports.errors import NotFound
from exports.models import Delivery, Destination, IdempotencyRecord
from exports.serializers.destinations import (
    BroughtListSerializer,
    BroughtSerializer,
    DestinationListSerializer,
    DestinationSerializer,
    NewDestinationSerializer,
    PartOfDestinationSerializer,
    TestedSerializer,
)
from exports.views.answers import accepted, caller, created, errors
from exports.views.base import ApiViewSet
from exports.views.paging import paged, shown_by
from exports.views.parameters import BUSINESS_ID, DELIVERY_ID, LIMIT, OFFSET, of_path
from exports.views.parsers import no_fields, no_unknown
from exports.views.scope import readable_businesses

DESTINATION_ID: Final = of_path("destination_id", "dst", example="a destination")


class DestinationViewSet(ApiViewSet):
    creating = frozenset({"create"})
    # A test holds a thread of the web server for as long as the other side is slow.
    limit_kinds = {"test": "jobs"}
    lookup_field = "destination_id"

    @extend_schema(
        operation_id="destination_list",
        summary="The destinations of your businesses, newest first",
        parameters=[
            BUSINESS_ID,
            LIMIT,
            OFFSET,
        ],
        responses={200: DestinationListSerializer, **errors(400, 403, 404)},
    )
    def list(self, request: Request) -> Response:
        no_unknown(request, ("business_id", "limit", "offset"))
        actor = caller(request)
        owners = readable_businesses(request, actor, scope=destinations.SCOPE)
        found = Destination.objects.for_businesses(owners).newest_first()
        return paged(request, "destinations", found, shown_by(DestinationSerializer))

    @extend_schema(
        operation_id="destination_create",
        summary="A bucket or an SFTP server that files may be brought to",
        description="Its credentials are kept encrypted and are in no answer.",
        request=NewDestinationSerializer,
        responses={201: DestinationSerializer, **errors(400, 403, 404, 409, 413, 415)},
    )
    def create(self, request: Request) -> Response:
        no_unknown(request, ())
        with self.noting() as note:
            made = destinations.create(
                request.data, actor=caller(request), now=timezone.now()
            )
            note(str(made.pk), business_id=made.business_id)
        return _created(made)

    def remade(self, record: IdempotencyRecord) -> Response:
        """:raises NotFound: it was deleted meanwhile."""
        made = Destination.objects.filter(pk=str(record.made)).first()
        if made is None:
            raise NotFound("what was made is gone")
        return _created(made)

    @extend_schema(
        operation_id="destination_read",
        summary="One destination",
        parameters=[DESTINATION_ID],
        responses={200: DestinationSerializer, **errors(400, 403, 404)},
    )
    def retrieve(self, request: Request, destination_id: str) -> Response:
        no_unknown(request, ())
        found = find(destination_id, caller(request))
        return Response(DestinationSerializer(found).data)

    @extend_schema(
        operation_id="destination_change",
        summary="Change a destination; what is left out stays",
        description="It never leads elsewhere: for that, make another one.",
        parameters=[DESTINATION_ID],
        request=PartOfDestinationSerializer,
        responses={200: DestinationSerializer, **errors(400, 403, 404, 413, 415)},
    )
    def partial_update(self, request: Request, destination_id: str) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        found = find(destination_id, actor)
        changed = destinations.change(
            found, request.data, actor=actor, now=timezone.now()
        )
        return Response(DestinationSerializer(changed).data)

    @extend_schema(
        operation_id="destination_delete",
        summary="Delete a destination, what is on its way there, and its log",
        parameters=[DESTINATION_ID],
        responses={204: None, **errors(400, 403, 404)},
    )
    def destroy(self, request: Request, destination_id: str) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        destinations.delete(find(destination_id, actor), actor=actor)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="destination_test",
        summary="Bring a small file there now, and delete it again",
        parameters=[DESTINATION_ID],
        request=None,
        responses={200: TestedSerializer, **errors(400, 403, 404, 413, 415)},
    )
    @action(detail=True, methods=["post"])
    def test(self, request: Request, destination_id: str) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        found = find(destination_id, actor)
        no_fields(request)
        tested = destinations.test(found, actor=actor, now=timezone.now())
        return Response(TestedSerializer(tested).data)


class BroughtViewSet(ApiViewSet):
    lookup_field = "delivery_id"

    @extend_schema(
        operation_id="destination_delivery_list",
        summary="What was brought to a destination, newest first, with its receipts",
        parameters=[DESTINATION_ID, LIMIT, OFFSET],
        responses={200: BroughtListSerializer, **errors(400, 403, 404)},
    )
    def list(self, request: Request, destination_id: str) -> Response:
        no_unknown(request, ("limit", "offset"))
        destination = find(destination_id, caller(request))
        found = Delivery.objects.filter(destination=destination)
        newest = found.newest_first().prefetch_related("attempts")
        return paged(request, "deliveries", newest, shown_by(BroughtSerializer))

    @extend_schema(
        operation_id="destination_delivery_read",
        summary="One delivery, with its receipt and each attempt",
        parameters=[DESTINATION_ID, DELIVERY_ID],
        responses={200: BroughtSerializer, **errors(400, 403, 404)},
    )
    def retrieve(
        self, request: Request, destination_id: str, delivery_id: str
    ) -> Response:
        no_unknown(request, ())
        found = _delivery(destination_id, delivery_id, caller(request))
        return Response(BroughtSerializer(found).data)

    @extend_schema(
        operation_id="destination_delivery_redeliver",
        summary="Bring the same file once more, under the same name",
        description="Of a delivery that is over. Nothing is exported again.",
        parameters=[DESTINATION_ID, DELIVERY_ID],
        request=None,
        responses={202: BroughtSerializer, **errors(400, 403, 404, 409, 413, 415)},
    )
    @action(detail=True, methods=["post"])
    def redeliver(
        self, request: Request, destination_id: str, delivery_id: str
    ) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        found = _delivery(destination_id, delivery_id, actor)
        no_fields(request)
        sent = destinations.redeliver(found, actor=actor, now=timezone.now())
        address = f"/v1/export/destinations/{destination_id}/deliveries/{delivery_id}"
        return accepted(BroughtSerializer(sent).data, {"Location": address})


def find(destination_id: str, actor: Actor) -> Destination:
    """:raises NotFound: there is none, or it is not theirs: alike."""
    return policy.found(
        Destination.objects.select_related("business"),
        ids.read("dst", destination_id),
        actor=actor,
        scope=destinations.SCOPE,
        absent=NotFound.of("destination", destination_id),
    )


def _delivery(destination_id: str, delivery_id: str, actor: Actor) -> Delivery:
    """:raises NotFound: there is none of that destination."""
    rows = Delivery.objects.filter(destination=find(destination_id, actor))
    key, absent = ids.read("dlv", delivery_id), NotFound.of("delivery", delivery_id)
    return policy.one(rows.select_related("destination"), key, absent=absent)


def _created(made: Destination) -> Response:
    address = f"/v1/export/destinations/{made.destination_id}"
    return created(DestinationSerializer(made).data, address=address)
