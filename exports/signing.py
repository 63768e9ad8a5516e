"""Ed25519 signatures over canonical JSON (RFC 8785): made, shown to others, checked."""

import base64
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache, wraps
from typing import Any, Final, NoReturn, ParamSpec

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

ALGORITHM: Final = "Ed25519"
_LARGEST: Final = 2**53 - 1
_Parameters = ParamSpec("_Parameters")


class NotProved(Exception):
    """The signature does not prove the content; the message says why."""


def signed(
    build: Callable[_Parameters, dict[str, Any]],
) -> Callable[_Parameters, dict[str, Any]]:
    """What it builds gets a ``signature`` by the first of the keys."""

    @wraps(build)
    def wrapped(
        *args: _Parameters.args, **kwargs: _Parameters.kwargs
    ) -> dict[str, Any]:
        return sign(build(*args, **kwargs))

    return wrapped


def sign(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content as every JSON reader keeps it, and its signature."""
    kept: dict[str, Any] = _exact(content)
    key_id, key = next(iter(_private_keys().items()))
    signature = {
        "algorithm": ALGORITHM,
        "key_id": key_id,
        "value": base64.b64encode(key.sign(rfc8785.dumps(kept))).decode(),
    }
    return kept | {"signature": signature}


def _exact(value: Any) -> Any:
    """Numbers that a double does not hold become texts: readers would round them."""
    if isinstance(value, Mapping):
        return {name: _exact(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and abs(value) > _LARGEST:
        # As a database writes it that keeps numbers as decimals.
        return format(Decimal(repr(value)), "f")
    return value


def public_keys() -> list[dict[str, str]]:
    """All that verify, the signing one first."""
    return [
        {
            "key_id": key_id,
            "algorithm": ALGORITHM,
            "public_key": base64.b64encode(
                key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            ).decode(),
            "pem": key.public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode(),
        }
        for key_id, key in _private_keys().items()
    ]


def read_document(text: str) -> dict[str, Any]:
    """:raises NotProved: no JSON object, or one that readers may read differently."""
    try:
        document = json.loads(
            text, object_pairs_hook=_without_doubles, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise NotProved(f"it is not well-formed JSON: {error}") from error
    if not isinstance(document, dict):
        raise NotProved("it is not a JSON object")
    return document


def read_keys(text: str) -> list[dict[str, str]]:
    """Public keys as ``GET /v1/export/keys`` answers them.

    :raises NotProved: it is no such answer.
    """
    keys = read_document(text).get("keys")
    is_list = isinstance(keys, list) and all(
        isinstance(key, dict)
        and all(isinstance(key.get(name), str) for name in ("key_id", "public_key"))
        for key in keys
    )
    if not isinstance(keys, list) or not is_list:
        raise NotProved("it holds no public keys")
    return keys


def verify(document: Mapping[str, Any], *, keys: list[dict[str, str]]) -> None:
    """:raises NotProved: not signed by one of the keys, or changed since."""
    signature = document.get("signature")
    if not isinstance(signature, dict):
        raise NotProved("it is not signed")
    if sorted(signature) != ["algorithm", "key_id", "value"]:
        raise NotProved("its signature does not have algorithm, key_id and value")
    if signature["algorithm"] != ALGORITHM:
        raise NotProved(f"its signature is not {ALGORITHM}")
    content = {name: document[name] for name in document if name != "signature"}
    try:
        _public_key(signature["key_id"], keys).verify(
            _bytes_of(signature["value"]), rfc8785.dumps(content)
        )
    except InvalidSignature as error:
        raise NotProved("its signature is not of this content") from error
    except ValueError as error:
        raise NotProved(f"its signature cannot be checked: {error}") from error


def _public_key(key_id: Any, keys: list[dict[str, str]]) -> Ed25519PublicKey:
    found = [key for key in keys if key["key_id"] == key_id]
    if not found:
        raise NotProved("it is signed by a key that is not known")
    return Ed25519PublicKey.from_public_bytes(_bytes_of(found[0]["public_key"]))


def _bytes_of(text: Any) -> bytes:
    """:raises ValueError: not base64 as it is written here, to the last bit."""
    raw = base64.b64decode(text if isinstance(text, str) else "", validate=True)
    if not raw or base64.b64encode(raw).decode() != text:
        raise ValueError("base64 is expected")
    return raw


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field is there twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _private_keys() -> dict[str, Ed25519PrivateKey]:
    return _loaded(tuple(settings.SIGNING_KEYS.items()))


@cache
def _loaded(seeds: tuple[tuple[str, bytes], ...]) -> dict[str, Ed25519PrivateKey]:
    return {
        key_id: Ed25519PrivateKey.from_private_bytes(seed) for key_id, seed in seeds
    }
