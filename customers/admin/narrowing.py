"""Filters of lists that links from figures use: by days, and by what is not offered."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Final, NamedTuple, Self

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PERIODS: Final = {1: _("Today"), 7: _("7 days"), 30: _("30 days")}
"""How many days up to today, it included -> their name."""


class Days(NamedTuple):
    """From the first to the last, both in; days begin at midnight in UTC."""

    first: date
    last: date

    @classmethod
    def lately(cls, number: int, *, now: datetime) -> Self:
        last = now.astimezone(UTC).date()
        return cls(last - timedelta(days=number - 1), last)

    @classmethod
    def read(cls, text: str) -> Self:
        """:raises ValueError: it is no day, and no ``FIRST..LAST``."""
        first, _dots, last = text.partition("..")
        found = cls(date.fromisoformat(first), date.fromisoformat(last or first))
        if not date(1970, 1, 1) <= found.first <= found.last <= date(9000, 1, 1):
            raise ValueError(text)
        return found

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first.isoformat()}..{self.last.isoformat()}"

    def all(self) -> list[date]:
        number = (self.last - self.first).days + 1
        return [self.first + timedelta(days=each) for each in range(number)]

    def condition(self, field: str) -> Q:
        begin = datetime.combine(self.first, time(), tzinfo=UTC)
        end = datetime.combine(self.last + timedelta(days=1), time(), tzinfo=UTC)
        return Q(**{f"{field}__gte": begin, f"{field}__lt": end})


class DaysFilter(admin.SimpleListFilter):
    """By the days of a time: those of today, some lately, or what the address names."""

    field: ClassVar[str]

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        del request, model_admin
        now = timezone.now()
        found = [(str(Days.lately(each, now=now)), PERIODS[each]) for each in PERIODS]
        return _with_given(found, self.value())

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        del request
        text = self.value()
        if not text:
            return None
        try:
            return queryset.filter(Days.read(text).condition(self.field))
        except ValueError as error:
            raise IncorrectLookupParameters(text) from error


class GivenFilter(admin.SimpleListFilter):
    """Shown only where the address names it: it has no choices to offer."""

    condition: ClassVar[Callable[[str], Q]]

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        del request, model_admin
        return _with_given([], self.value())

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        del request
        text = self.value()
        return queryset.filter(type(self).condition(text)) if text else None


def _with_given(
    found: list[tuple[str, Any]], given: str | None
) -> list[tuple[str, Any]]:
    known = {value for value, _name in found}
    return found if not given or given in known else [*found, (given, given)]


def days_filter(field: str, title: Any) -> type[DaysFilter]:
    """:param field: a time; in the address it is the parameter's name, too."""
    return type(
        "Days", (DaysFilter,), {"field": field, "title": title, "parameter_name": field}
    )


def given_filter(
    name: str, title: Any, condition: Callable[[str], Q]
) -> type[GivenFilter]:
    """:param condition: of the text that the address gives under this name."""
    values = {"title": title, "parameter_name": name}
    return type(
        "Given", (GivenFilter,), values | {"condition": staticmethod(condition)}
    )
