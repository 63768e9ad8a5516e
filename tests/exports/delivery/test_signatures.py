"""Another program of the same specification takes our signatures, and no other."""

import base64
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from exports.delivery import signatures
from tests.make import NOW

BODY = '{"data": {"name": "Grün"}, "type": "export.completed"}'.encode()
REFUSALS = (WebhookVerificationError, ValueError)


def signed(secret: str, *, body: bytes = BODY, now=NOW) -> dict[str, str]:
    return signatures.headers("msg_01J", body, secrets=[secret], now=now)


def is_taken(secret: str, headers: dict[str, str], body: bytes = BODY) -> bool:
    with time_machine.travel(NOW, tick=False):
        try:
            Webhook(secret).verify(body, headers, json_parse=False)
        except REFUSALS:
            return False
    return True


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_signature_is_taken(text):
    secret = signatures.new_secret()
    body = text.encode()

    assert is_taken(secret, signed(secret, body=body), body)


def test_body_with_any_one_bit_changed_is_refused():
    secret = signatures.new_secret()
    headers = signed(secret)
    bodies = [flipped(BODY, bit) for bit in range(len(BODY) * 8)]

    assert [body for body in bodies if is_taken(secret, headers, body)] == []


def test_signature_with_any_one_bit_changed_is_refused():
    secret = signatures.new_secret()
    headers = signed(secret)
    raw = base64.b64decode(headers["webhook-signature"].removeprefix("v1,"))
    changed = [base64.b64encode(flipped(raw, bit)).decode() for bit in range(256)]
    forged = [headers | {"webhook-signature": f"v1,{each}"} for each in changed]

    assert [each for each in forged if is_taken(secret, each)] == []


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
def test_header_that_was_changed_is_refused(name):
    secret = signatures.new_secret()
    headers = signed(secret)
    headers[name] = headers[name][:-1] + "9"

    assert not is_taken(secret, headers)


@pytest.mark.parametrize(
    ("age", "taken"),
    [(0, True), (290, True), (301, False), (-290, True), (-301, False)],
)
def test_signature_that_is_five_minutes_old_is_refused(age, taken):
    secret = signatures.new_secret()

    assert is_taken(secret, signed(secret, now=NOW - timedelta(seconds=age))) is taken


def test_another_secret_is_refused():
    assert not is_taken(signatures.new_secret(), signed(signatures.new_secret()))


def test_while_two_secrets_sign_either_is_enough():
    old, new = signatures.new_secret(), signatures.new_secret()
    headers = signatures.headers("msg_1", BODY, secrets=[new, old], now=NOW)

    assert (is_taken(old, headers), is_taken(new, headers)) == (True, True)


def test_secret_is_new_each_time_and_has_256_bits():
    made = {signatures.new_secret() for _ in range(100)}

    assert len(made) == 100
    assert {len(base64.b64decode(each.removeprefix("whsec_"))) for each in made} == {32}
