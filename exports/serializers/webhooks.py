"""The shapes of webhooks and of what was delivered to them."""

from typing import Any

from rest_framework import serializers

from exports import webhooks
from exports.models import Attempt, Delivery, Webhook
from exports.serializers.answers import MomentField
from exports.serializers.requests import export_request
from exports.serializers.shapes import PageSerializer, SchemaSerializer, closed, or_null
from exports.states import LISTENED_TO, DeliveryState, Event, WebhookStatus


class WebhookSerializer(serializers.Serializer[Webhook]):
    webhook_id = serializers.CharField()
    business_id = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.ChoiceField(LISTENED_TO))
    description = serializers.CharField(allow_blank=True)
    contact = serializers.CharField(
        allow_blank=True, help_text="Is mailed when it is disabled"
    )
    status = serializers.ChoiceField(WebhookStatus.values)
    disabled_for = serializers.CharField(
        allow_blank=True, help_text="Why; empty while it is active"
    )
    overlap_until = MomentField(
        allow_null=True, help_text="Until then the secret before the last one signs too"
    )
    succeeded_at = MomentField(allow_null=True, help_text="When something last arrived")
    created_at = MomentField()
    updated_at = MomentField()


class WebhookSecretSerializer(WebhookSerializer):
    """With its secret, which no other answer has."""

    secret = serializers.CharField(
        allow_null=True, help_text="whsec_...; null when the answer is given again"
    )


class WebhookListSerializer(PageSerializer):
    webhooks = WebhookSerializer(many=True)


class AttemptSerializer(serializers.Serializer[Attempt]):
    number = serializers.IntegerField()
    at = MomentField()
    seconds = serializers.FloatField()
    status = serializers.IntegerField(
        allow_null=True, help_text="Of the receiver's answer"
    )
    error = serializers.CharField(allow_blank=True)


class DeliverySerializer(serializers.Serializer[Delivery]):
    delivery_id = serializers.CharField()
    message_id = serializers.CharField(help_text="webhook-id, in every attempt")
    event = serializers.ChoiceField([*LISTENED_TO, Event.TEST.value])
    state = serializers.ChoiceField(DeliveryState.values)
    payload = serializers.DictField()
    attempts = AttemptSerializer(many=True)
    next_attempt_at = MomentField(allow_null=True)
    created_at = MomentField()
    ended_at = MomentField(allow_null=True)


class DeliveryListSerializer(PageSerializer):
    deliveries = DeliverySerializer(many=True)


class NewWebhookSerializer(SchemaSerializer):
    """Stands for a new webhook; ``webhooks`` is what reads it."""

    @staticmethod
    def schema() -> dict[str, Any]:
        return _shape(webhooks.NEW) | {"required": ["business_id", "url"]}


class PartOfWebhookSerializer(SchemaSerializer):
    """Stands for some of a webhook that is there."""

    @staticmethod
    def schema() -> dict[str, Any]:
        return _shape(webhooks.CHANGEABLE)


def _events() -> dict[str, Any]:
    """Anew for each document: what makes one takes enumerations out of it."""
    events = {
        "type": "array",
        "minItems": 1,
        "items": {"type": "string", "enum": list(LISTENED_TO)},
    }
    return or_null(
        events,
        description="What it is told of; null: all of these",
        default=list(LISTENED_TO),
    )


def _shape(names: tuple[str, ...]) -> dict[str, Any]:
    description = {"type": "string", "maxLength": webhooks.MAX_DESCRIPTION}
    known = {
        "business_id": export_request()["properties"]["business_id"],
        "url": {
            "type": "string",
            "format": "uri",
            "maxLength": 2000,
            "description": "https, at an address that is public",
        },
        "events": _events(),
        "description": or_null(description, default=""),
        "contact": or_null(
            {"type": "string", "format": "email"},
            description="Is mailed when the webhook is disabled",
        ),
        "status": {"type": "string", "enum": list(WebhookStatus.values)},
    }
    return closed({name: known[name] for name in names})
