"""How the list of exports is narrowed: by choice, and by the dashboard's links."""

from collections.abc import Iterator
from typing import Any, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.admin.narrowing import days_filter, given_filter
from customers.admin.owned import choice_filter
from exports.admin import called, progress
from exports.admin.summing import TIMED
from exports.models import Worker
from exports.states import JobStatus

TYPE: Final = choice_filter("export_type", _("type"), called.types())
FORMAT: Final = choice_filter("format", _("format"), called.formats())
ASKED: Final = days_filter("created_at", _("asked for (UTC)"))
ERROR: Final = given_filter("error_code", _("error"), lambda code: Q(error_code=code))
_WITH: Final = {"file": Q(file__isnull=False), "times": TIMED}
WITH: Final = given_filter(
    "with", _("with"), lambda what: _WITH.get(what, Q(pk__in=()))
)


class StatusFilter(admin.ChoicesFieldListFilter):
    """In the words that the list has for each status."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        words = {
            str(label): progress.WORDS[JobStatus(status)]
            for status, label in self.field.flatchoices
        }
        for choice in super().choices(changelist):
            told = str(choice["display"])
            yield choice | {"display": words.get(told, choice["display"])}


class AliveFilter(admin.SimpleListFilter):
    title = _("seen in the last minute")
    parameter_name = "alive"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        del request, model_admin
        return [("yes", _("yes"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Worker]
    ) -> QuerySet[Worker] | None:
        del request
        if self.value() != "yes":
            return None
        return queryset.filter(pk__in=Worker.objects.seen_lately())
