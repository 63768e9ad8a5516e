"""Businesses, staff with their memberships, and API keys."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from customers import audit
from customers.admin.acting import Reach, Role, person
from customers.admin.owned import ModelAdmin, OwnedAdmin, TabularInline
from customers.models import ApiKey, Business, Membership, User

if TYPE_CHECKING:
    _Mixin = ModelAdmin[Any]
else:
    _Mixin = object


class GovernedMixin(_Mixin):
    """For superusers; each change is in the audit trail, in its own transaction.

    Nothing is deleted here: an account is made inactive, and what it did stays told.
    """

    def has_module_permission(self, request: HttpRequest) -> bool:
        return person(request).is_superuser

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        del obj
        return person(request).is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return person(request).is_superuser

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        del obj
        return person(request).is_superuser

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        del request, obj
        return False

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        _record(request, "added", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        _record(request, "changed", obj, message)
        return super().log_change(request, obj, message)


def _record(request: HttpRequest, verb: str, row: Model, message: Any) -> None:
    """With the names of the fields that were changed, never their values."""
    kind = str(row._meta.model_name)
    audit.record(
        f"{kind}.{verb}",
        actor=person(request).actor,
        business_id=str(row.pk) if isinstance(row, Business) else None,
        object_type=kind,
        object_id=str(row.pk),
        details={"changes": message},
    )


class MembershipInline(TabularInline[Membership, User]):
    model = Membership
    extra = 0

    def has_view_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        del obj
        return person(request).is_superuser

    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission

    def has_add_permission(  # type: ignore[override] # an inline is given the row too
        self, request: HttpRequest, obj: User | None
    ) -> bool:
        return self.has_view_permission(request, obj)


@admin.register(User)
class StaffAdmin(GovernedMixin, UserAdmin[User], ModelAdmin[User]):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    inlines = (MembershipInline,)
    list_display = ("username", "email", "first_name", "last_name", "is_active")


admin.site.unregister(Group)


@admin.register(Group)
class StaffGroupAdmin(GovernedMixin, GroupAdmin, ModelAdmin[Group]):
    pass


@admin.register(Business)
class BusinessAdmin(GovernedMixin, OwnedAdmin[Business]):
    """Each person sees their own; to add and to change is for superusers."""

    business_path = "id"
    list_display = ("id", "name", "time_zone", "currency", "created_at")
    search_fields = ("id", "name")
    ordering = ("id",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(self.reach(request))

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return self.reaches(request, obj)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        del request
        return ("id",) if obj else ()


@admin.register(ApiKey)
class ApiKeyAdmin(OwnedAdmin[ApiKey]):
    """Keys none of whose businesses is another's than the person's own."""

    roles = (Role.MANAGER,)
    list_display = ("name", "prefix", "created_at", "expires_at", "revoked_at")
    search_fields = ("name", "prefix")
    ordering = ("-id",)
    fields = (
        *("name", "prefix", "scopes", "businesses", "networks", "created_at"),
        *("expires_at", "revoked_at", "last_used_at"),
    )

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
