"""Who did what: audit events, for those whose work is to look into them."""

from typing import Any, Final

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.admin.acting import Role
from customers.admin.narrowing import days_filter, given_filter
from customers.admin.owned import BusinessFilter, choice_filter
from customers.admin.searching import SearchedAdmin
from customers.models import AuditEvent

OUTCOMES: Final = {"ok": _("done"), "refused": _("refused"), "failed": _("failed")}
_KIND = choice_filter(
    "actor_kind",
    _("kind of actor"),
    [
        ("key", _("API key")),
        ("staff", _("staff")),
        ("link", _("signed link")),
        ("system", _("the service itself")),
    ],
)
_OUTCOME = choice_filter(
    "outcome",
    _("outcome"),
    list(OUTCOMES.items()),
)
_ACTION = given_filter("action", _("action"), lambda name: Q(action=name))
_CACHE = given_filter("cache", _("cache"), lambda told: Q(details__cache=told))


@admin.register(AuditEvent)
class AuditEventAdmin(SearchedAdmin[AuditEvent]):
    """What belongs to no business is for those alone who reach every business."""

    roles = (Role.AUDITOR, Role.MANAGER)
    list_display = (
        *("at", "business_id", "actor_label", "action", "object_id", "result"),
    )
    list_filter = (
        *(BusinessFilter, _KIND, _OUTCOME, days_filter("at", _("when (UTC)"))),
        *(_ACTION, _CACHE),
    )
    search_fields = ("object_id", "actor_label", "action", "request_id")
    ordering = ("-id",)

    @admin.display(description=_("outcome"), ordering="outcome")
    def result(self, event: AuditEvent) -> Any:
        return OUTCOMES.get(event.outcome, event.outcome)
