"""The workers that told they are alive: a list to look at, of no business."""

from django.contrib import admin
from django.http import HttpRequest

from customers.admin.acting import person
from customers.admin.owned import ModelAdmin
from exports.admin.filters import AliveFilter
from exports.models import Worker


@admin.register(Worker)
class WorkerAdmin(ModelAdmin[Worker]):
    """For all staff: whether anybody is there to run an export concerns everyone."""

    list_display = ("name", "seen_at")
    list_filter = (AliveFilter,)
    ordering = ("-seen_at", "name")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(
        self, request: HttpRequest, obj: Worker | None = None
    ) -> bool:
        del obj
        return bool(person(request).reach())

    def has_add_permission(self, request: HttpRequest) -> bool:
        del request
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Worker | None = None
    ) -> bool:
        del request, obj
        return False

    has_delete_permission = has_change_permission
