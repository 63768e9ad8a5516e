"""What businesses have: companies and their checks, their accounts, their customers."""

from django.contrib import admin

from customers.admin.owned import BusinessFilter, OwnedAdmin
from customers.admin.searching import SearchedAdmin
from customers.clearance import Clearance
from customers.models import (
    AuditLog,
    Company,
    Customer,
    Order,
    Report,
    UserAccount,
    Verification,
)


@admin.register(Company)
class CompanyAdmin(SearchedAdmin[Company]):
    list_display = ("name", "business", "registration_number", "lei", "status")
    list_select_related = ("business",)
    list_filter = (BusinessFilter, "status", "verification_status")
    search_fields = ("name", "registration_number", "lei")
    ordering = ("-id",)


@admin.register(Verification)
class VerificationAdmin(SearchedAdmin[Verification]):
    classes = {
        "reviewer": Clearance.PERSONAL,
        "reviewer_email": Clearance.PERSONAL,
        "notes": Clearance.SENSITIVE,
    }
    list_display = (
        *("id", "business", "company", "status", "risk_level", "score"),
        *("reviewer", "created_at"),
    )
    list_select_related = ("business", "company")
    list_filter = (BusinessFilter, "status", "risk_level")
    search_fields = ("company__name", "company__registration_number", "reviewer")
    ordering = ("-id",)


@admin.register(Report)
class ReportAdmin(OwnedAdmin[Report]):
    classes = {"created_by": Clearance.PERSONAL}
    list_display = ("title", "business", "type", "status", "created_at")
    list_select_related = ("business",)
    list_filter = (BusinessFilter, "type", "status")
    search_fields = ("title",)
    ordering = ("-id",)


@admin.register(AuditLog)
class AuditLogAdmin(SearchedAdmin[AuditLog]):
    classes = {"user_email": Clearance.PERSONAL}
    list_display = (
        *("timestamp", "business", "user_id", "user_email", "action", "outcome"),
    )
    list_select_related = ("business",)
    list_filter = (BusinessFilter, "outcome")
    search_fields = ("user_id", "user_email", "action", "resource_id")
    ordering = ("-id",)


@admin.register(UserAccount)
class UserAccountAdmin(OwnedAdmin[UserAccount]):
    # A row is named by the person's address.
    clearance = Clearance.PERSONAL
    list_display = ("email", "business", "name", "role", "status")
    list_select_related = ("business",)
    list_filter = (BusinessFilter, "role", "status")
    search_fields = ("email", "name")
    ordering = ("-id",)


@admin.register(Customer)
class CustomerAdmin(OwnedAdmin[Customer]):
    # A row is named by the person.
    clearance = Clearance.PERSONAL
    list_display = ("name", "business", "external_id", "email", "account_status")
    list_select_related = ("business",)
    list_filter = (BusinessFilter, "account_status", "loyalty_level")
    search_fields = ("name", "external_id", "email")
    ordering = ("-id",)


@admin.register(Order)
class OrderAdmin(OwnedAdmin[Order]):
    # It names its customer.
    clearance = Clearance.PERSONAL
    list_display = ("number", "business", "customer", "status", "ordered_at")
    list_select_related = ("business", "customer")
    list_filter = (BusinessFilter, "status")
    search_fields = ("number", "customer__name")
    ordering = ("-id",)
