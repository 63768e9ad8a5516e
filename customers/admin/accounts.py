"""Businesses, and staff with their memberships."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserCreationForm

from customers import audit
from customers.admin.acting import person
from customers.admin.owned import ModelAdmin, OwnedAdmin, TabularInline
from customers.admin.staff_forms import MembershipFormSet, StaffForm
from customers.models import Business, Membership, User

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


def _record_membership(
    request: HttpRequest, action: str, row: Membership, *, user: User
) -> None:
    audit.record(
        action,
        actor=person(request).actor,
        business_id=row.business_id,
        object_type="user",
        object_id=str(user.pk),
        details={"username": user.get_username(), "role": row.role},
    )


class MembershipInline(TabularInline[Membership, User]):
    model = Membership
    formset = MembershipFormSet
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
    form = StaffForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    inlines = (MembershipInline,)
    list_display = ("username", "email", "first_name", "last_name", "is_active")

    def get_form(
        self,
        request: HttpRequest,
        obj: User | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 -- the hook
        **kwargs: Any,
    ) -> Any:
        made = super().get_form(request, obj, change=change, **kwargs)
        return type("StaffForm", (made,), {"editor": request.user})

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: Any
    ) -> None:
        """Each membership is told of in the trail of its business, too."""
        super().save_formset(request, form, formset, change)
        told = (
            ("membership.added", formset.new_objects),
            ("membership.changed", [row for row, _names in formset.changed_objects]),
            ("membership.removed", formset.deleted_objects),
        )
        for action, rows in told:
            for row in rows:
                _record_membership(request, action, row, user=form.instance)


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
