"""The page that puts an export together; what it asks for goes over the API."""

from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.admin.acting import Role, person
from customers.models import Business
from exports.admin import pace
from exports.errors import ExportError
from exports.models import Destination, ExportFile
from exports.pipeline.datasets import DATASETS, custom
from exports.pipeline.datasets.base import Dataset
from templates_app import library
from templates_app.admin import words

_MOST: Final = 500
_LATELY: Final = 200
EXPORTING: Final = (Role.OPERATOR, Role.MANAGER)


def may_export(request: HttpRequest) -> bool:
    return bool(person(request).reach(roles=EXPORTING))


def new_export(
    request: HttpRequest,
    context: dict[str, Any],
    *,
    begin: dict[str, Any] | None = None,
    carried: str = "",
) -> HttpResponse:
    """:param begin: what it opens with, in place of what the address names.

    :param carried: tells of where that comes from.
    :raises PermissionDenied: they export for no business.
    """
    if not may_export(request):
        raise PermissionDenied
    own = _businesses(request)
    told = {
        **context,
        "title": _("New export"),
        "businesses": own,
        "carried": carried,
        "datasets": [_told(DATASETS[name]) for name in DATASETS],
        "kinds": _translated(words.KINDS),
        "classes": _translated(words.CLASSES),
        "mails": settings.MAIL_IS_SET_UP,
        "facts": {
            "businesses": {
                business.id: _clearance(request, business.id) for business in own
            },
            "queries": [each.id for each in own if _may_query(request, each.id)],
            "begin": begin or _begin(request, own),
            "destinations": _destinations(request),
            "rates": _rates(request),
            "usual": pace.USUAL,
            "names": words.names(),
        },
    }
    return TemplateResponse(request, "templates_app/admin/new_export.html", told)


def _told(dataset: Dataset) -> dict[str, Any]:
    """In the reader's language; the names are those that a query takes."""
    return {
        "name": dataset.name,
        "title": gettext(dataset.title),
        "description": gettext(dataset.description),
        "columns": [
            {
                "name": column.name,
                "class": column.clearance.label,
                "words": f"{gettext(words.KINDS[column.type])},"
                f" {gettext(words.CLASSES[column.clearance.label])}",
            }
            for column in dataset.columns
        ],
    }


def _translated(said: dict[str, str]) -> dict[str, str]:
    return {name: gettext(text) for name, text in said.items()}


def _businesses(request: HttpRequest) -> list[Business]:
    reach = person(request).reach(roles=EXPORTING)
    rows = Business.objects.filter(reach.rows("id"))
    return list(rows.order_by("name", "id")[:_MOST])


def _rates(request: HttpRequest) -> dict[str, float]:
    """How fast each format was lately written for these businesses."""
    reach = person(request).reach(roles=EXPORTING)
    lately = ExportFile.objects.filter(reach.rows()).select_related("job")
    return pace.rates(lately.order_by("-job_id")[:_LATELY])


def _destinations(request: HttpRequest) -> dict[str, list[dict[str, str]]]:
    """By business, where its files may be brought to."""
    reach = person(request).reach(roles=EXPORTING)
    found: dict[str, list[dict[str, str]]] = {}
    for row in Destination.objects.filter(reach.rows()).order_by("name")[:_MOST]:
        told = {"id": row.destination_id, "name": row.name}
        found.setdefault(row.business_id, []).append(told)
    return found


def _clearance(request: HttpRequest, business_id: str) -> str | None:
    grant = person(request).actor.grant(business_id)
    return grant.clearance.label if grant else None


def _may_query(request: HttpRequest, business_id: str) -> bool:
    grant = person(request).actor.grant(business_id)
    return grant is not None and "custom_query" in grant.scopes


def _begin(request: HttpRequest, own: list[Business]) -> dict[str, Any]:
    """What the page opens with: a saved template, or what the address names."""
    asked = request.GET.get("business", "")
    business_id = asked if asked in {each.id for each in own} else None
    begin: dict[str, Any] = {"business_id": business_id}
    asked = request.GET.get("type", "")
    may_query = any(_may_query(request, each.id) for each in own)
    if asked in DATASETS or (asked == custom.NAME and may_query):
        begin["export_type"] = asked
    try:
        saved, _version = library.resolve(
            request.GET.get("template", ""), business_id=business_id or ""
        )
    except ExportError:
        return begin
    return begin | saved
