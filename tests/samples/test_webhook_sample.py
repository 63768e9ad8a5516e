"""The lines that docs/webhooks.md gives receivers take what is ours, and no more."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from exports.delivery import signatures
from tests.documents import blocks
from tests.make import NOW

BODY = b'{"type": "export.completed"}'
SECRET = signatures.new_secret()


@pytest.fixture(scope="module")
def verified():
    [sample] = [text for name, text in blocks("python") if name == "docs/webhooks.md"]
    names: dict[str, Any] = {}
    exec(sample, names)
    return names["verified"]


def headers(**changed: str) -> dict[str, str]:
    signed = signatures.headers("msg_1", BODY, secrets=[SECRET], now=NOW)
    return signed | {name.replace("_", "-"): text for name, text in changed.items()}


@time_machine.travel(NOW, tick=False)
def test_sample_takes_a_message_of_ours(verified):
    both = signatures.headers(
        "msg_1", BODY, secrets=[signatures.new_secret(), SECRET], now=NOW
    )

    assert verified(SECRET, headers(), BODY)
    assert verified(SECRET, both, BODY)


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (headers(), BODY + b" "),
        (headers(webhook_id="msg_2"), BODY),
        (headers(webhook_timestamp="1"), BODY),
        (headers(webhook_timestamp="soon"), BODY),
        (headers(webhook_signature="v1,AAAA"), BODY),
        (headers(webhook_signature="ü"), BODY),
        ({}, BODY),
    ],
)
def test_sample_refuses_what_was_changed(verified, sent, body):
    assert not verified(SECRET, sent, body)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_sample_refuses_what_is_too_old_or_new(verified, seconds):
    with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
        assert not verified(SECRET, headers(), BODY)
