"""Every page of the admin, found by its addresses: a new one needs no word here."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RegexPattern

from customers import ids
from exports.models import Delivery
from tests import make

ROWS_KEYS: Final = {"object_id", "id", "pk"}
NO_PAGES: Final = {"autocomplete", "logout", "search", "view_on_site"}
"""They answer other pages, and only with what those ask."""
ARGUMENT: Final = re.compile(r"<(?:\w+:)?(\w+)>")


def found(rows: Mapping[type[Model], Model]) -> list[str]:
    """Paths that a superuser can open; ``rows`` has one of each model.

    A file, JSON, a way to elsewhere and what is allowed to nobody are no pages.
    """
    client = Client()
    client.force_login(make.staff(is_superuser=True))
    paths = dict.fromkeys(each for each in _paths(rows) if _is_page(client, each))
    return list(paths)


def brief(paths: list[str]) -> list[str]:
    """Without those that are one template for all models, but for the first."""
    kinds = [re.search(r"/(history|delete)/$", path) for path in paths]
    first = {
        kind.group(): path
        for path, kind in reversed([*zip(paths, kinds, strict=True)])
        if kind
    }
    return [
        path
        for path, kind in zip(paths, kinds, strict=True)
        if not kind or first[kind.group()] == path
    ]


def _is_page(client: Client, path: str) -> bool:
    answer = client.get(path)
    answer.close()
    assert answer.status_code in {200, 302, 403, 405}, f"{path}: {answer.status_code}"
    is_html = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer.status_code == 200 and is_html


def _paths(rows: Mapping[type[Model], Model]) -> Iterator[str]:
    for route, pattern in _routes(admin.site.urls[0]):
        if isinstance(pattern.pattern, RegexPattern):
            continue
        if pattern.name not in NO_PAGES:
            yield from _filled(f"/admin/{route}", rows)
    registered = filter(admin.site.is_registered, apps.get_models())
    for label in sorted({model._meta.app_label for model in registered}):
        yield f"/admin/{label}/"


def _routes(patterns: Any, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in patterns:
        route = f"{before}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from _routes(each.url_patterns, route)
        else:
            yield route, each


def _filled(path: str, rows: Mapping[type[Model], Model]) -> Iterator[str]:
    """:raises KeyError: an argument of which nothing is known; ``OTHERS`` is for it."""
    argument = ARGUMENT.search(path)
    if argument is None:
        yield path
        return
    name = argument.group(1)
    if name in ROWS_KEYS:
        values: Iterable[str] = (str(quote(rows[_model(path)].pk)),)
    else:
        values = OTHERS[name]()
    for value in values:
        yield from _filled(path.replace(argument.group(), value), rows)


def _acts() -> Iterable[str]:
    """What can be done to rows, as the modules of the admin have it."""
    admins = [module for name, module in sys.modules.items() if ".admin." in name]
    return sorted({act for each in admins for act in getattr(each, "ACTS", ())})


def _deliveries() -> Iterable[str]:
    return [ids.show("dlv", each.pk) for each in Delivery.objects.all()]


OTHERS: Final = {"act": _acts, "delivery": _deliveries}
"""What else stands in addresses."""


def _model(path: str) -> type[Model]:
    _, _, label, name, *_ = path.split("/")
    return apps.get_model(label, name)
