"""Exports in the admin, for looking: what was asked for, and what came of it."""

from django.contrib import admin
from django.http import HttpRequest

from exports.models import ExportFile, ExportJob


class FileInline(admin.StackedInline[ExportFile, ExportJob]):
    model = ExportFile
    can_delete = False
    fields = readonly_fields = (
        "state",
        "name",
        "size",
        "sha256",
        "row_count",
        "completeness",
        "generated_at",
        "expires_at",
        "manifest",
    )


@admin.register(ExportJob)
class JobAdmin(admin.ModelAdmin[ExportJob]):
    list_display = (
        "export_id",
        "business",
        "export_type",
        "format",
        "mode",
        "status",
        "rows_written",
        "actor_label",
        "created_at",
    )
    list_filter = ("status", "mode", "export_type", "format")
    list_select_related = ("business",)
    search_fields = ("business__id", "actor_label", "request_id")
    date_hierarchy = "created_at"
    inlines = (FileInline,)
    # Of use to nobody here, not even wrapped.
    exclude = ("wrapped_password",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        del request
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: ExportJob | None = None
    ) -> bool:
        del request, obj
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: ExportJob | None = None
    ) -> bool:
        del request, obj
        return False
