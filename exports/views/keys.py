"""The public keys that manifests are signed with, for everybody who checks one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers, views
from rest_framework.request import Request
from rest_framework.response import Response

from exports import signing
from exports.views.answers import AnyAccept, refusals
from exports.views.parsers import no_unknown


class PublicKeySerializer(serializers.Serializer[Any]):
    key_id = serializers.CharField()
    algorithm = serializers.ChoiceField([signing.ALGORITHM])
    public_key = serializers.CharField(help_text="32 bytes in base64")
    pem = serializers.CharField()


class PublicKeyListSerializer(serializers.Serializer[Any]):
    keys = PublicKeySerializer(many=True)


class KeysView(views.APIView):
    authentication_classes: list[Any] = []
    permission_classes = [permissions.AllowAny]
    content_negotiation_class = AnyAccept

    @extend_schema(
        operation_id="keys_list",
        summary="The public keys that verify manifests, the signing one first",
        description="Public: no key is needed.",
        responses={200: PublicKeyListSerializer, **refusals(400)},
    )
    def get(self, request: Request) -> Response:
        no_unknown(request, ())
        return Response({"keys": signing.public_keys()})
