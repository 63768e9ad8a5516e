"""The shapes of destinations and of what was brought to them."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exports import destination_bodies
from exports.delivery import naming
from exports.models import Delivery, Destination
from exports.serializers.answers import MomentField
from exports.serializers.requests import export_request
from exports.serializers.shapes import PageSerializer, SchemaSerializer, closed, or_null
from exports.serializers.webhooks import AttemptSerializer
from exports.states import DeliveryState, DestinationKind

_OF_ONE_KIND: Final[Any] = {"default": None, "allow_null": True}


class DestinationSerializer(serializers.Serializer[Destination]):
    """What is of the other kind is null; credentials are in no answer."""

    destination_id = serializers.CharField()
    business_id = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(DestinationKind.values)
    endpoint = serializers.CharField(source="address.endpoint", **_OF_ONE_KIND)
    region = serializers.CharField(source="address.region", **_OF_ONE_KIND)
    bucket = serializers.CharField(source="address.bucket", **_OF_ONE_KIND)
    host = serializers.CharField(source="address.host", **_OF_ONE_KIND)
    port = serializers.IntegerField(source="address.port", **_OF_ONE_KIND)
    user = serializers.CharField(source="address.user", **_OF_ONE_KIND)
    host_key = serializers.CharField(source="address.host_key", **_OF_ONE_KIND)
    path = serializers.CharField(help_text="The pattern of a file's name there")
    succeeded_at = MomentField(allow_null=True, help_text="When something last arrived")
    created_at = MomentField()
    updated_at = MomentField()


class DestinationListSerializer(PageSerializer):
    destinations = DestinationSerializer(many=True)


class TestedSerializer(serializers.Serializer[Any]):
    """How it went to bring a small file there."""

    arrived = serializers.BooleanField()
    name = serializers.CharField(help_text="Of the small file")
    error = serializers.CharField(
        allow_blank=True, help_text="What went wrong; empty when it arrived"
    )
    left = serializers.BooleanField(
        help_text="It is still there: the destination did not let it be deleted"
    )
    seconds = serializers.FloatField()


class ReceiptSerializer(serializers.Serializer[Any]):
    """What arrived."""

    name = serializers.CharField()
    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    etag = serializers.CharField(allow_null=True, help_text="As the bucket gave it")
    at = serializers.CharField()


class BroughtSerializer(serializers.Serializer[Delivery]):
    delivery_id = serializers.CharField()
    export_id = serializers.CharField(source="payload.export_id")
    state = serializers.ChoiceField(DeliveryState.values)
    receipt = serializers.SerializerMethodField()
    attempts = AttemptSerializer(many=True)
    next_attempt_at = MomentField(allow_null=True)
    created_at = MomentField()
    ended_at = MomentField(allow_null=True)

    @extend_schema_field(ReceiptSerializer(allow_null=True))
    def get_receipt(self, delivery: Delivery) -> dict[str, Any] | None:
        return delivery.receipt or None


class BroughtListSerializer(PageSerializer):
    deliveries = BroughtSerializer(many=True)


class NewDestinationSerializer(SchemaSerializer):
    """Stands for a new destination; ``destination_bodies`` is what reads it."""

    @staticmethod
    def schema() -> dict[str, Any]:
        needed = {"business_id", "name", "kind", "credentials"}
        return {
            "oneOf": [
                _shape(_OF_ALL | _S3, kind="s3", secrets=_S3_SECRETS)
                | {"required": sorted(needed | {"bucket"})},
                _shape(_OF_ALL | _SFTP, kind="sftp", secrets=_SFTP_SECRETS)
                | {"required": sorted(needed | {"host", "user", "host_key"})},
            ]
        }


class PartOfDestinationSerializer(SchemaSerializer):
    """Stands for some of a destination that is there."""

    @staticmethod
    def schema() -> dict[str, Any]:
        known = {name: (_OF_ALL | _SFTP)[name] for name in ("name", "path", "host_key")}
        secrets = [*_S3_SECRETS, *_SFTP_SECRETS]
        shape = _shape(known, secrets=secrets)
        # Null counts as left out.
        properties = {name: or_null(each) for name, each in shape["properties"].items()}
        told = {"description": "host_key is of SFTP alone; null leaves what is kept."}
        return shape | told | {"properties": properties}


_S3_SECRETS: Final[list[tuple[str, ...]]] = [("access_key_id", "secret_access_key")]
_SFTP_SECRETS: Final[list[tuple[str, ...]]] = [
    ("password",),
    ("private_key",),
    ("private_key", "passphrase"),
]
_OPTIONAL: Final = {"path", "endpoint", "region", "port"}
_OF_ALL: Final[dict[str, Any]] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"\S"},
    "path": {
        "type": "string",
        "minLength": 1,
        "maxLength": naming.MAX,
        "default": naming.DEFAULT,
        "description": "May hold {" + "}, {".join(naming.PLACES) + "}",
    },
}
_S3: Final[dict[str, Any]] = {
    "endpoint": {
        "type": "string",
        "format": "uri",
        "description": "https, at an address that is public; default: Amazon's",
    },
    "region": {"type": "string", "default": destination_bodies.REGION},
    "bucket": {"type": "string", "pattern": "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"},
}
_SFTP: Final[dict[str, Any]] = {
    "host": {"type": "string", "description": "A name or address that is public"},
    "port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 22},
    "user": {"type": "string", "pattern": "^[!-~]{1,64}$"},
    "host_key": {
        "type": "string",
        "description": "As ssh-keyscan prints it, without the host",
        "examples": ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI..."],
    },
}


def _shape(
    known: dict[str, Any], *, secrets: list[tuple[str, ...]], kind: str = ""
) -> dict[str, Any]:
    properties = known | {"credentials": {"oneOf": [_secret(each) for each in secrets]}}
    if kind:
        optional = {name: or_null(known[name]) for name in _OPTIONAL & set(known)}
        properties |= optional | {
            "business_id": export_request()["properties"]["business_id"],
            "kind": {"type": "string", "const": kind},
        }
    return closed(properties)


def _secret(names: tuple[str, ...]) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1, "format": "password", "writeOnly": True}
    text["maxLength"] = destination_bodies.MAX_SECRET
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(names),
        "properties": dict.fromkeys(names, text),
    }
