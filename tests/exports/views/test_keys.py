import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from rest_framework.test import APIClient

from tests.exports.views.asking import error

SEED = b"s" * 32


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.SIGNING_KEYS = {"new": SEED, "old": b"o" * 32}


def test_anybody_gets_the_public_keys_signing_one_first():
    answer = APIClient().get("/v1/export/keys")

    told = answer.json()["keys"]
    public = Ed25519PrivateKey.from_private_bytes(SEED).public_key()
    assert answer.status_code == 200
    assert [(key["key_id"], key["algorithm"]) for key in told] == [
        ("new", "Ed25519"),
        ("old", "Ed25519"),
    ]
    assert base64.b64decode(told[0]["public_key"]) == public.public_bytes_raw()
    assert load_pem_public_key(told[0]["pem"].encode()) == public


def test_a_bad_key_is_no_reason_to_refuse():
    answer = APIClient().get("/v1/export/keys", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 200


def test_unknown_parameter_is_refused():
    answer = APIClient().get("/v1/export/keys?kid=new")

    assert error(answer) == (400, "VALIDATION_ERROR", ["kid"])


def test_seeds_are_not_shown():
    assert base64.b64encode(SEED) not in APIClient().get("/v1/export/keys").content
