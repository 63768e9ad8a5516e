"""Webhooks: endpoints of a business's own, and what was delivered to them."""

from typing import Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers import ids
from customers.actors import Actor
from exports import policy, webhooks
from exports.errors import NotFound
from exports.models import Delivery, IdempotencyRecord, Webhook
from exports.serializers.webhooks import (
    DeliveryListSerializer,
    DeliverySerializer,
    NewWebhookSerializer,
    PartOfWebhookSerializer,
    WebhookListSerializer,
    WebhookSecretSerializer,
    WebhookSerializer,
)
from exports.views.answers import accepted, caller, created, errors
from exports.views.base import ApiViewSet
from exports.views.paging import paged, shown_by
from exports.views.parameters import BUSINESS_ID, DELIVERY_ID, LIMIT, OFFSET, of_path
from exports.views.parsers import no_fields, no_unknown
from exports.views.scope import readable_businesses

WEBHOOK_ID: Final = of_path("webhook_id", "whk", example="a webhook")


class WebhookViewSet(ApiViewSet):
    creating = frozenset({"create", "test"})
    lookup_field = "webhook_id"

    @extend_schema(
        operation_id="webhook_list",
        summary="The webhooks of your businesses, newest first",
        parameters=[
            BUSINESS_ID,
            LIMIT,
            OFFSET,
        ],
        responses={200: WebhookListSerializer, **errors(400, 403, 404)},
    )
    def list(self, request: Request) -> Response:
        no_unknown(request, ("business_id", "limit", "offset"))
        owners = readable_businesses(request, caller(request), scope=webhooks.SCOPE)
        found = Webhook.objects.for_businesses(owners).newest_first()
        return paged(request, "webhooks", found, shown_by(WebhookSerializer))

    @extend_schema(
        operation_id="webhook_create",
        summary="Tell an endpoint of your own what becomes of exports",
        description="The secret is in this answer alone: the receiver checks signatures"
        " with it, as the Standard Webhooks specification says.",
        request=NewWebhookSerializer,
        responses={
            201: WebhookSecretSerializer,
            **errors(400, 403, 404, 409, 413, 415),
        },
    )
    def create(self, request: Request) -> Response:
        no_unknown(request, ())
        with self.noting() as note:
            made, secret = webhooks.create(
                request.data, actor=caller(request), now=timezone.now()
            )
            note(str(made.pk), business_id=made.business_id)
        return _created(made, secret)

    def remade(self, record: IdempotencyRecord) -> Response:
        """:raises NotFound: it was deleted meanwhile."""
        mine = Delivery.objects.filter(pk=str(record.made)).first()
        if mine is not None:
            return _sent(mine)
        made = Webhook.objects.filter(pk=str(record.made)).first()
        if made is None:
            raise NotFound("what was made is gone")
        # The secret was in the answer that nobody lived to give: rotate it.
        return _created(made, None)

    @extend_schema(
        operation_id="webhook_read",
        summary="One webhook",
        parameters=[WEBHOOK_ID],
        responses={200: WebhookSerializer, **errors(400, 403, 404)},
    )
    def retrieve(self, request: Request, webhook_id: str) -> Response:
        no_unknown(request, ())
        return Response(WebhookSerializer(find(webhook_id, caller(request))).data)

    @extend_schema(
        operation_id="webhook_change",
        summary="Change a webhook; what is left out stays",
        description="status active makes one that was disabled go on.",
        parameters=[WEBHOOK_ID],
        request=PartOfWebhookSerializer,
        responses={200: WebhookSerializer, **errors(400, 403, 404, 413, 415)},
    )
    def partial_update(self, request: Request, webhook_id: str) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        webhook = find(webhook_id, actor)
        changed = webhooks.change(
            webhook, request.data, actor=actor, now=timezone.now()
        )
        return Response(WebhookSerializer(changed).data)

    @extend_schema(
        operation_id="webhook_delete",
        summary="Delete a webhook, and the log of its deliveries",
        parameters=[WEBHOOK_ID],
        responses={204: None, **errors(400, 403, 404)},
    )
    def destroy(self, request: Request, webhook_id: str) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        webhooks.delete(find(webhook_id, actor), actor=actor)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="webhook_rotate",
        summary="A new secret; the one before goes on signing for a day",
        parameters=[WEBHOOK_ID],
        request=None,
        responses={200: WebhookSecretSerializer, **errors(400, 403, 404, 413, 415)},
    )
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, webhook_id: str) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        webhook = find(webhook_id, actor)
        no_fields(request)
        rotated, secret = webhooks.rotate(webhook, actor=actor, now=timezone.now())
        return Response(WebhookSerializer(rotated).data | {"secret": secret})

    @extend_schema(
        operation_id="webhook_test",
        summary="Send it an event webhook.test, once",
        description="Also to one that is disabled. The delivery says how it went.",
        parameters=[WEBHOOK_ID],
        request=None,
        responses={202: DeliverySerializer, **errors(400, 403, 404, 413, 415)},
    )
    @action(detail=True, methods=["post"])
    def test(self, request: Request, webhook_id: str) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        webhook = find(webhook_id, actor)
        no_fields(request)
        with self.noting() as note:
            made = webhooks.test(webhook, actor=actor, now=timezone.now())
            note(str(made.pk), business_id=made.business_id)
        return _sent(made)


class DeliveryViewSet(ApiViewSet):
    lookup_field = "delivery_id"

    @extend_schema(
        operation_id="delivery_list",
        summary="What was sent to a webhook, newest first, with each attempt",
        parameters=[WEBHOOK_ID, LIMIT, OFFSET],
        responses={200: DeliveryListSerializer, **errors(400, 403, 404)},
    )
    def list(self, request: Request, webhook_id: str) -> Response:
        no_unknown(request, ("limit", "offset"))
        found = Delivery.objects.filter(webhook=find(webhook_id, caller(request)))
        newest = found.newest_first().prefetch_related("attempts")
        return paged(request, "deliveries", newest, shown_by(DeliverySerializer))

    @extend_schema(
        operation_id="delivery_read",
        summary="One delivery, with each attempt",
        parameters=[WEBHOOK_ID, DELIVERY_ID],
        responses={200: DeliverySerializer, **errors(400, 403, 404)},
    )
    def retrieve(self, request: Request, webhook_id: str, delivery_id: str) -> Response:
        no_unknown(request, ())
        found = _delivery(webhook_id, delivery_id, caller(request))
        return Response(DeliverySerializer(found).data)

    @extend_schema(
        operation_id="delivery_redeliver",
        summary="Send the same event once more",
        description="Of a delivery that is over; its message_id stays.",
        parameters=[WEBHOOK_ID, DELIVERY_ID],
        request=None,
        responses={202: DeliverySerializer, **errors(400, 403, 404, 409, 413, 415)},
    )
    @action(detail=True, methods=["post"])
    def redeliver(
        self, request: Request, webhook_id: str, delivery_id: str
    ) -> Response:
        no_unknown(request, ())
        actor = caller(request)
        found = _delivery(webhook_id, delivery_id, actor)
        no_fields(request)
        return _sent(webhooks.redeliver(found, actor=actor, now=timezone.now()))


def find(webhook_id: str, actor: Actor) -> Webhook:
    """:raises NotFound: there is none, or it is not theirs: alike."""
    return policy.found(
        Webhook.objects.all(),
        ids.read("whk", webhook_id),
        actor=actor,
        scope=webhooks.SCOPE,
        absent=NotFound.of("webhook", webhook_id),
    )


def _delivery(webhook_id: str, delivery_id: str, actor: Actor) -> Delivery:
    """:raises NotFound: there is none of that webhook."""
    rows = Delivery.objects.filter(webhook=find(webhook_id, actor))
    key, absent = ids.read("dlv", delivery_id), NotFound.of("delivery", delivery_id)
    return policy.one(rows.select_related("webhook"), key, absent=absent)


def _created(made: Webhook, secret: str | None) -> Response:
    told = WebhookSerializer(made).data | {"secret": secret}
    return created(told, address=f"/v1/webhooks/{made.webhook_id}")


def _sent(delivery: Delivery) -> Response:
    webhook_id = ids.show("whk", delivery.webhook_id) if delivery.webhook_id else ""
    address = f"/v1/webhooks/{webhook_id}/deliveries/{delivery.delivery_id}"
    return accepted(DeliverySerializer(delivery).data, {"Location": address})
