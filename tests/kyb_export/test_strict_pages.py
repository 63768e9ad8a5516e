"""The admin's pages hold nothing that a strict policy would stop."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import unfold
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from customers.models import Verification
from kyb_export.strict_pages import AMENDED, amended
from tests import make
from tests.customers.admin.asking import at_admin, page

TEMPLATES = Path(unfold.__file__).parent / "templates"


class Inline(HTMLParser):
    """What a page holds that a policy without ``unsafe-inline`` asks about."""

    def __init__(self) -> None:
        super().__init__()
        self.styles: list[str | None] = []
        self.found: list[str] = []
        self.fetched: list[str] = []
        self._script = False

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self._script = tag == "script" and "src" not in given
        is_data = str(given.get("type", "")).endswith("json")
        if self._script and not is_data:
            self.found.append("script")
        if tag == "style":
            self.styles.append(given.get("nonce"))
        self.found += [name for name in given if name == "style" or name[:2] == "on"]
        self.fetched += [
            str(given[name]) for name in ("src", "href") if given.get(name)
        ]


def policy(answer) -> dict[str, list[str]]:
    header = answer.headers["Content-Security-Policy"]
    words = (part.split() for part in header.split(";"))
    return {name: values for name, *values in words}


@pytest.fixture
def pages(db):
    row = make.verification(make.business("business_mine"))
    client = at_admin(is_superuser=True)
    return {
        "index": client.get("/admin/"),
        "list": client.get(page(Verification, "changelist")),
        "one": client.get(page(Verification, "change", row.pk)),
        "form": client.get("/admin/customers/user/add/"),
        "sign-in": Client().get("/admin/login/"),
    }


def test_pages_hold_no_inline_script_or_style_without_its_nonce(pages):
    for name, answer in pages.items():
        inline = Inline()
        inline.feed(answer.content.decode())
        nonces = {f"'nonce-{nonce}'" for nonce in inline.styles}

        assert (name, inline.found) == (name, [])
        assert nonces == {
            word for word in policy(answer)["style-src"] if word.startswith("'nonce")
        }


def test_pages_fetch_nothing_from_elsewhere(pages):
    for answer in pages.values():
        inline = Inline()
        inline.feed(answer.content.decode())

        assert [each for each in inline.fetched if re.match(r"(\w+:)?//", each)] == []


def test_policy_has_no_word_that_opens_it(pages):
    told = policy(pages["list"])

    assert "unsafe" not in pages["list"].headers["Content-Security-Policy"]
    assert told["default-src"] == ["'none'"]
    assert told["script-src"] == ["'self'"]


@pytest.mark.parametrize("name", AMENDED)
def test_template_holds_what_is_amended(name):
    text = (TEMPLATES / name).read_text()

    assert amended(text, name) != text


def test_template_that_has_changed_is_refused():
    name = next(iter(AMENDED))

    with pytest.raises(ImproperlyConfigured, match="does not hold once"):
        amended("something else", name)
