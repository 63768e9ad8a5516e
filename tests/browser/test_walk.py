"""Every page of the admin, opened one by one: sound, legible, and safe to look at."""

from collections.abc import Iterable

import pytest

from customers.models import User
from tests import make
from tests.browser import pages
from tests.browser.rows import MARKUP, one_of_each
from tests.browser.seen import Seen
from tests.exports.views.asking import BOTH

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True, databases=BOTH),
]
NARROW = {"width": 390, "height": 844}
WIDE = {"width": 1300, "height": 900}
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow": {"color_scheme": "light", "viewport": NARROW, "has_touch": True},
    "narrow and dark": {"color_scheme": "dark", "viewport": NARROW},
    "German": {"color_scheme": "light", "locale": "de-DE"},
}


def boss() -> User:
    """Made when all other rows are marked: the name is typed to sign in."""
    return make.staff(is_superuser=True, username=MARKUP, first_name=MARKUP)


def wrong(seen: Seen, path: str) -> list[str]:
    """What there is to say against a page."""
    seen.open(path)
    found = [*seen.violations(), *seen.complaints]
    seen.complaints.clear()
    if seen.page.locator("img[src=x]").count():
        found.append("markup of a stored text is part of the page")
    if path.endswith("/change/") and MARKUP not in seen.texts():
        found.append("it shows no stored text")
    if "KYB Export" not in seen.page.title():
        found.append(f"its title is {seen.page.title()}")
    seen.page.set_viewport_size(NARROW)
    if seen.overflows():
        found.append("it scrolls sideways on a phone")
    return found


def walked(seen: Seen, paths: Iterable[str]) -> dict[str, list[str]]:
    size = seen.page.viewport_size
    found = {}
    for path in paths:
        seen.page.set_viewport_size(size)
        found[path] = wrong(seen, path)
    return {path: told for path, told in found.items() if told}


def test_pages_have_nothing_against_them(visit):
    rows = one_of_each()
    paths = pages.brief(pages.found(rows))

    against = walked(visit(boss()), paths)

    assert against == {}


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_pages_have_nothing_against_them_in_any_look(visit, look):
    rows = one_of_each()
    paths = pages.found(rows)

    against = walked(visit(boss(), **LOOKS[look]), paths)

    assert against == {}


@pytest.mark.parametrize("look", LOOKS)
def test_sign_in_has_nothing_against_it(chromium, live_server, look):
    with chromium.new_context(base_url=live_server.url, **LOOKS[look]) as context:
        seen = Seen(context.new_page())
        empty = wrong(seen, "/admin/login/")
        seen.page.locator("#id_username").fill(MARKUP)
        seen.page.locator("#id_password").fill("wrong")
        seen.page.locator("button[type=submit]").click()
        seen.page.locator(".errornote").first.wait_for()
        refused = [*seen.violations(), *seen.complaints]

    assert (empty, refused) == ([], [])
