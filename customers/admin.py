"""The lists in the admin, for looking; keys are issued elsewhere, events by nobody."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import models
from django.http import HttpRequest

from customers.models import (
    ApiKey,
    AuditEvent,
    AuditLog,
    Business,
    Company,
    Customer,
    Membership,
    Order,
    Report,
    User,
    UserAccount,
    Verification,
)


@admin.register(Business)
class BusinessAdmin(admin.ModelAdmin[Business]):
    list_display = ("id", "name", "time_zone", "currency", "created_at")
    search_fields = ("id", "name")


class MembershipInline(admin.TabularInline[Membership, User]):
    model = Membership
    extra = 0


@admin.register(User)
class StaffAdmin(UserAdmin[User]):
    inlines = (MembershipInline,)


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[ApiKey]):
    list_display = ("name", "prefix", "created_at", "expires_at", "revoked_at")
    fields = (
        "name",
        "prefix",
        "scopes",
        "businesses",
        "networks",
        "created_at",
        "expires_at",
        "revoked_at",
        "last_used_at",
    )
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- the hook
        return False

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 -- the hook
        obj: ApiKey | None = None,  # noqa: ARG002 -- the hook
    ) -> bool:
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(admin.ModelAdmin[AuditEvent]):
    list_display = ("at", "business_id", "actor_label", "action", "outcome")
    list_filter = ("action", "outcome")
    search_fields = ("object_id", "actor_label", "request_id")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- the hook
        return False

    def has_change_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 -- the hook
        obj: models.Model | None = None,  # noqa: ARG002 -- the hook
    ) -> bool:
        return False

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 -- the hook
        obj: models.Model | None = None,  # noqa: ARG002 -- the hook
    ) -> bool:
        return False


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin[Company]):
    list_display = ("name", "business", "registration_number", "lei", "status")
    list_select_related = ("business",)
    list_filter = ("status", "verification_status")
    search_fields = ("name", "registration_number", "lei")


@admin.register(Verification)
class VerificationAdmin(admin.ModelAdmin[Verification]):
    list_display = ("id", "business", "company", "status", "score", "created_at")
    list_select_related = ("business", "company")
    list_filter = ("status", "risk_level")
    raw_id_fields = ("company",)


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin[Report]):
    list_display = ("title", "business", "type", "status", "created_at")
    list_select_related = ("business",)


@admin.register(AuditLog)
class AuditLogAdmin(admin.ModelAdmin[AuditLog]):
    list_display = ("timestamp", "business", "user_email", "action", "outcome")
    list_select_related = ("business",)


@admin.register(UserAccount)
class UserAccountAdmin(admin.ModelAdmin[UserAccount]):
    list_display = ("email", "business", "name", "role", "status")
    list_select_related = ("business",)


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin[Customer]):
    list_display = ("name", "business", "external_id", "email", "account_status")
    list_select_related = ("business",)
    search_fields = ("name", "external_id", "email")


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin[Order]):
    list_display = ("number", "business", "customer", "status", "ordered_at")
    list_select_related = ("business", "customer")
    raw_id_fields = ("customer",)
