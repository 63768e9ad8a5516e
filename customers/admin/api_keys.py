"""API keys: their list, one key's page, and what makes and revokes them."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import keys
from customers.admin import new_key
from customers.admin.acting import Reach, Role, person
from customers.admin.owned import OwnedAdmin
from customers.models import ApiKey, Business


@admin.register(ApiKey)
class ApiKeyAdmin(OwnedAdmin[ApiKey]):
    """Keys none of whose businesses is another's than the person's own."""

    roles = (Role.MANAGER,)
    change_form_template = "customers/admin/key.html"
    list_display = (
        *("name", "prefix", "state", "created_at", "expires_at", "last_used_at"),
    )
    search_fields = ("name", "prefix")
    ordering = ("-id",)
    fields = (
        *("name", "prefix", "state", "rights", "businesses", "places"),
        *("created_at", "expires_at", "revoked_at", "last_used_at"),
    )
    readonly_fields = ("state", "rights", "places")

    @admin.display(description=_("status"))
    def state(self, key: ApiKey) -> Any:
        if key.revoked_at:
            return _("revoked")
        return _("valid") if is_live(key, now=timezone.now()) else _("over")

    @admin.display(description=_("scopes"))
    def rights(self, key: ApiKey) -> str:
        words = new_key.WORDS
        return ", ".join(
            f"{name}: {words[name]}" if name in words else name for name in key.scopes
        )

    @admin.display(description=_("networks"))
    def places(self, key: ApiKey) -> Any:
        return ", ".join(key.networks) or _("from anywhere")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        reach = self.reach(request)
        rows: QuerySet[ApiKey] = admin.ModelAdmin.get_queryset(self, request)
        if reach == Reach(everywhere=True):
            return rows
        foreign = Business.objects.exclude(reach.rows("id"))
        return rows.exclude(businesses__in=foreign) if reach else rows.none()

    def reaches(self, request: HttpRequest, row: Model | None) -> bool:
        if row is None:
            return bool(self.reach(request))
        return self.get_queryset(request).filter(pk=row.pk).exists()

    def hidden(self, request: HttpRequest, row: Model | None = None) -> set[str]:
        del request, row
        return set()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(self.reach(request))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.revoke_view)
        address = path("<path:object_id>/revoke/", view, name="revoke_key")
        return [address, *super().get_urls()]

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        del form_url, extra_context
        if not self.has_add_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        return new_key.page(request, self.reach(request), context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        key = self.get_object(request, unquote(object_id))
        told = {"can_be_revoked": key is not None and key.revoked_at is None}
        return super().change_view(
            request, object_id, form_url, {**told, **(extra_context or {})}
        )

    def revoke_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.get_object(request, unquote(object_id))
        if key is None or not self.has_view_permission(request, key):
            messages.warning(request, _("There is no such key."))
            return redirect("admin:customers_apikey_changelist")
        if request.method == "POST":
            keys.revoke(key, actor=person(request).actor, now=timezone.now())
            messages.success(request, _("The key is revoked."))
            return redirect("admin:customers_apikey_change", key.pk)
        context = self.admin_site.each_context(request)
        back = reverse("admin:customers_apikey_change", args=[key.pk])
        told = {**context, "key": key, "back": back, "title": _("Revoke the key")}
        return TemplateResponse(request, "customers/admin/revoke_key.html", told)


def is_live(key: ApiKey, *, now: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now)
