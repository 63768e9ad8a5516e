"""The sidebar: what staff do most stands first."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from templates_app.admin.new_export import may_export


def groups(request: HttpRequest) -> list[dict[str, Any]]:
    """:param request: whose roles say which of the lists there are."""
    dashboard = _item(_("Dashboard"), "monitoring", "admin:index")
    dashboard["active"] = request.path == dashboard["link"]
    first = [_item(_("New export"), "add_circle", "admin:new_export")]
    own = [
        _of(request, "exports", "exportjob", "download", _("Exports")),
        _of(request, "templates_app", "exporttemplate", "bookmark", _("Templates")),
        _of(request, "templates_app", "schedule", "schedule", _("Schedules")),
        _of(request, "exports", "webhook", "webhook", _("Webhooks")),
        _of(request, "exports", "destination", "cloud_upload", _("Destinations")),
    ]
    data = [
        _of(request, "customers", name, icon, title)
        for name, icon, title in (
            ("verification", "fact_check", _("Verifications")),
            ("company", "apartment", _("Companies")),
            ("report", "summarize", _("Reports")),
            ("customer", "group", _("Customers")),
            ("order", "receipt_long", _("Orders")),
            ("useraccount", "badge", _("User accounts")),
            ("auditlog", "history", _("Audit logs")),
        )
    ]
    keeping = [
        _of(request, "customers", "business", "store", _("Businesses")),
        _of(request, "customers", "apikey", "key", _("API keys")),
        _of(request, "customers", "user", "person", _("Staff")),
        _of(request, "auth", "group", "groups", _("Groups")),
        _of(request, "customers", "auditevent", "policy", _("Audit events")),
        _of(request, "exports", "worker", "engineering", _("Workers")),
    ]
    told = (
        (_("Exports"), [dashboard, *(first if may_export(request) else []), *own]),
        (_("Data"), data),
        (_("Keeping"), keeping),
    )
    return [
        {"title": title, "items": [item for item in items if item]}
        for title, items in told
    ]


def _of(
    request: HttpRequest, app: str, name: str, icon: str, title: Any
) -> dict[str, Any] | None:
    model = apps.get_model(app, name)
    if not admin.site.get_model_admin(model).has_module_permission(request):
        return None
    return _item(title, icon, f"admin:{app}_{name}_changelist")


def _item(title: Any, icon: str, address: str) -> dict[str, Any]:
    link = reverse(address)
    return {"title": title, "icon": icon, "link": link, "active": _is_at(link)}


def _is_at(link: str) -> Callable[[HttpRequest], bool]:
    """The page of a new export lies below that of templates, and is none of them."""
    new = reverse("admin:new_export")

    def is_at(request: HttpRequest) -> bool:
        return request.path.startswith(link) and (request.path != new or link == new)

    return is_at
