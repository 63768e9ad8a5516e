"""Debian's chromium, and people at it."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from customers.models import User
from tests import make
from tests.browser.seen import FLAGS, Seen

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Playwright's loop runs in the thread of the tests until the module's end; nothing
    # else runs in it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(chromium, live_server) -> Iterator[Callable[..., Seen]]:
    """A page, signed in by hand; whatever it complains of fails the test."""
    contexts: list[BrowserContext] = []
    pages: list[Seen] = []

    def open_page(person: User | None = None, **options: Any) -> Seen:
        given = {"viewport": {"width": 1300, "height": 900}} | options
        context = chromium.new_context(base_url=live_server.url, **given)
        context.set_default_timeout(20_000)
        contexts.append(context)
        person = person or make.staff(is_superuser=True)
        seen = Seen(context.new_page())
        pages.append(seen)
        seen.page.goto("/admin/login/")
        seen.page.locator("#id_username").fill(person.get_username())
        seen.page.locator("#id_password").fill(PASSWORD)
        seen.page.locator("button[type=submit]").click()
        seen.page.wait_for_url("**/admin/")
        return seen

    yield open_page
    for context in contexts:
        context.close()
    assert [each.complaints for each in pages] == [[] for _ in pages]
