"""Customers in the admin: all that is known of one as a page, with its exports."""

from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.admin.acting import person
from customers.admin.data import CustomerAdmin
from customers.clearance import Clearance
from customers.models import Business, Customer, User
from customers.permissions import EXPORT_CUSTOMER
from customers.view360 import CustomerNotFound
from exports.customer360 import page
from exports.customer360.options import DEFAULTS, MOST
from templates_app.admin.chosen import keys_of
from templates_app.admin.lists import ExportsRows

_FORMATS: Final = (("pdf", "PDF"), ("xlsx", "Excel"), ("csv", "CSV"), ("json", "JSON"))
_OPTIONS: Final = {"formats": _FORMATS, "defaults": DEFAULTS, "most_orders": MOST}

admin.site.unregister(Customer)


@admin.register(Customer)
class Customer360Admin(ExportsRows, CustomerAdmin):
    """What a file holds goes over the API, with its limits, its cache and its trail."""

    def has_export_permission(self, request: HttpRequest) -> bool:
        return _may_export(request) and super().has_export_permission(request)

    def begun(
        self, request: HttpRequest, rows: QuerySet[Any], business_id: str
    ) -> HttpResponse:
        keys = keys_of(rows, most=MOST)
        told = {
            **self.admin_site.each_context(request),
            **_OPTIONS,
            "opts": self.opts,
            "title": _("Export customers"),
            "business": Business.objects.get(pk=business_id),
            "customer_ids": [str(key) for key in keys],
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "exports/admin/customers.html", told)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Nothing is changed here: what is sent is refused as it is for other data."""
        row = self.get_object(request, unquote(object_id))
        may_see = row is not None and self.has_view_permission(request, row)
        if row is None or not may_see or request.method != "GET":
            return super().change_view(request, object_id, form_url, extra_context)
        try:
            view = page.context(row, clearance=_seen(request, row), now=timezone.now())
        except CustomerNotFound:  # gone meanwhile
            return super().change_view(request, object_id, form_url, extra_context)
        told = {
            **self.admin_site.each_context(request),
            **_OPTIONS,
            **view,
            "opts": self.opts,
            "title": row.name,
            "original": row,
            "customer": row,
            "may_export": _may_export(request, row),
        }
        return TemplateResponse(request, "exports/admin/customer.html", told)


def _seen(request: HttpRequest, row: Customer) -> Clearance:
    grant = person(request).actor.grant(row.business_id)
    return grant.clearance if grant else Clearance.INTERNAL


def _may_export(request: HttpRequest, row: Customer | None = None) -> bool:
    user = request.user
    return isinstance(user, User) and user.has_perm(EXPORT_CUSTOMER, row)
