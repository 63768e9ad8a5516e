"""The shapes of webhooks and of what was delivered to them."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers

from exports import webhooks
from exports.models import Attempt, Delivery, Webhook
from exports.serializers.answers import MomentField
from exports.serializers.requests import export_request
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


class WebhookListSerializer(serializers.Serializer[Any]):
    webhooks = WebhookSerializer(many=True)
    total_count = serializers.IntegerField()
    limit = serializers.IntegerField()
    offset = serializers.IntegerField()


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


class DeliveryListSerializer(serializers.Serializer[Any]):
    deliveries = DeliverySerializer(many=True)
    total_count = serializers.IntegerField()
    limit = serializers.IntegerField()
    offset = serializers.IntegerField()


class NewWebhookSerializer(serializers.Serializer[Any]):
    """Stands for a new webhook; ``webhooks`` is what reads it."""


class PartOfWebhookSerializer(serializers.Serializer[Any]):
    """Stands for some of a webhook that is there."""


class _NewShape(OpenApiSerializerExtension):  # type: ignore[no-untyped-call] # spectacular registers subclasses
    target_class = "exports.serializers.webhooks.NewWebhookSerializer"

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        del auto_schema, direction
        return _shape(webhooks.NEW) | {"required": ["business_id", "url"]}


class _PartShape(OpenApiSerializerExtension):  # type: ignore[no-untyped-call] # as above
    target_class = "exports.serializers.webhooks.PartOfWebhookSerializer"

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        del auto_schema, direction
        return _shape(webhooks.CHANGEABLE)


def _events() -> dict[str, Any]:
    """Anew for each document: what makes one takes enumerations out of it."""
    events = {
        "type": "array",
        "minItems": 1,
        "items": {"type": "string", "enum": list(LISTENED_TO)},
    }
    return {
        "anyOf": [events, {"type": "null"}],
        "description": "What it is told of; null: all of these",
        "default": list(LISTENED_TO),
    }


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
        "description": {"anyOf": [description, {"type": "null"}], "default": ""},
        "contact": {
            "anyOf": [{"type": "string", "format": "email"}, {"type": "null"}],
            "description": "Is mailed when the webhook is disabled",
        },
        "status": {"type": "string", "enum": list(WebhookStatus.values)},
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: known[name] for name in names},
    }
