"""Who was refused, and why: told to the log, not to the caller."""

import re
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from customers import keys, security
from customers.actors import Actor
from tests import make
from tests.logged import logged

NOW, ADDRESS = make.NOW, "203.0.113.5"
ROOT = Path(__file__).resolve().parents[2]


def refusal(**facts):
    known = {"event": "credential_refused", "credential": "kyb", "ip_address": ADDRESS}
    return known | facts


def test_refusal_names_who_asked_and_from_where():
    actor = Actor(kind="key", id="key_1", label="secret label", ip_address=ADDRESS)

    with logged() as log:
        security.refused("scope_refused", actor=actor, scope="exports:read")

    assert log.lines() == [
        {
            "logger": "kyb.security",
            "level": "warning",
            "event": "scope_refused",
            "actor": "key:key_1",
            "ip_address": ADDRESS,
            "scope": "exports:read",
        }
    ]


@pytest.mark.django_db
def test_refused_key_is_told_by_its_prefix():
    key, text = make.api_key()
    other, other_text = make.api_key(networks=["192.0.2.0/24"])

    with logged() as log:
        for each in ("nonsense", f"{text[:17]}{other_text[17:]}", other_text):
            assert keys.find(each, now=NOW, ip_address=ADDRESS) is None

    assert log.facts("kyb.security") == [
        refusal(prefix=None, reason="no live key"),
        refusal(prefix=key.prefix, reason="no live key"),
        refusal(prefix=other.prefix, reason="network"),
    ]
    assert text[17:] not in log.text
    assert other_text[17:] not in log.text


@pytest.mark.django_db
def test_key_and_token_that_are_good_are_not_told_of():
    _, text = make.api_key()
    _, token_text = make.staff_token(make.staff())

    with logged() as log:
        assert keys.find(text, now=NOW, ip_address=ADDRESS)
        assert keys.find_token(token_text, now=NOW)

    assert log.lines("kyb.security") == []


@pytest.mark.django_db
def test_refused_token_is_told_by_its_prefix():
    token, text = make.staff_token(make.staff())
    keys.revoke(token, actor=make.SYSTEM, now=NOW)

    with logged() as log:
        assert keys.find_token(text, now=NOW + timedelta(days=1)) is None

    assert log.facts("kyb.security") == [
        refusal(
            credential="kybstaff",
            prefix=token.prefix,
            reason="no live token",
            ip_address="",
        )
    ]


def test_every_kind_of_refusal_is_told_in_the_docs():
    text = (ROOT / "docs" / "operations.md").read_text()

    told = re.findall(r"`(\w+_refused)`", text[text.index("## Logs") :])

    assert set(told) == set(get_args(security.Refusal))
