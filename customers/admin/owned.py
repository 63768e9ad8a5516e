"""Lists of what belongs to businesses: each person's own businesses, and no others."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from customers.admin.acting import EVERY_ROLE, Reach, Role, person
from customers.admin.counting import LongPaginator
from customers.clearance import Clearance
from customers.models import Business

if TYPE_CHECKING:
    # unfold has no types of its own; its classes take the place of Django's.
    from django.contrib.admin import ModelAdmin
    from django.contrib.admin import TabularInline as _TabularInline
else:
    from unfold.admin import ModelAdmin
    from unfold.admin import TabularInline as _TabularInline

__all__ = [
    "BusinessFilter",
    "ModelAdmin",
    "OwnedAdmin",
    "TabularInline",
    "choice_filter",
]
_Row = TypeVar("_Row", bound=Model)
_Parent = TypeVar("_Parent", bound=Model)


class TabularInline(_TabularInline[_Row, _Parent]):
    """Boxes in a table have no label beside them: they are named by their column."""

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        box = super().formfield_for_dbfield(db_field, request, **kwargs)
        if box is not None:
            box.widget.attrs["aria-label"] = capfirst(db_field.verbose_name)
        return box


class BusinessFilter(admin.SimpleListFilter):
    """By business, among the person's own."""

    title = _("business")
    parameter_name = "business"
    most: ClassVar = 100

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        reach = model_admin.reach(request)  # type: ignore[attr-defined] # an OwnedAdmin
        own = Business.objects.filter(reach.rows("id")).order_by("name", "id")
        return list(own.values_list("id", "name")[: self.most])

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        del request
        chosen = self.value()
        return queryset.filter(business_id=chosen) if chosen else None


def choice_filter(
    name: str, title: Any, choices: Sequence[tuple[str, Any]]
) -> type[admin.SimpleListFilter]:
    """By a field without choices of its own: Django would read all rows for them."""

    class Chosen(admin.SimpleListFilter):
        parameter_name = name

        def lookups(
            self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
        ) -> list[tuple[str, Any]]:
            del request, model_admin
            return list(choices)

        def queryset(
            self, request: HttpRequest, queryset: QuerySet[Any]
        ) -> QuerySet[Any] | None:
            del request
            chosen = self.value()
            return queryset.filter(**{name: chosen}) if chosen else None

    Chosen.title = title
    return Chosen


class OwnedAdmin(ModelAdmin[_Row]):
    """Rows of the businesses where the person's role lets them see such rows.

    Everything in the admin asks ``get_queryset`` and the four permissions: lists,
    searches, choices, actions, pages, histories. To look at is all that they allow.
    """

    roles: ClassVar[Collection[Role]] = EVERY_ROLE
    clearance: ClassVar[Clearance] = Clearance.INTERNAL
    """How far somebody must see to see such rows at all."""
    classes: ClassVar[Mapping[str, Clearance]] = {}
    """Fields that take more than that."""
    business_path: ClassVar[str] = "business_id"
    list_per_page = 50
    paginator: ClassVar[type[Paginator[Any]]] = LongPaginator
    show_full_result_count = False

    def reach(self, request: HttpRequest) -> Reach:
        return person(request).reach(roles=self.roles, clearance=self.clearance)

    def get_queryset(self, request: HttpRequest) -> QuerySet[_Row]:
        rows = super().get_queryset(request)
        return rows.filter(self.reach(request).rows(self.business_path))

    def reaches(self, request: HttpRequest, row: Model | None) -> bool:
        """Any row, or this one."""
        reach = self.reach(request)
        if row is None:
            return bool(reach)
        return getattr(row, self.business_path) in reach

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(
        self, request: HttpRequest, obj: _Row | None = None
    ) -> bool:
        return self.reaches(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        del request
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: _Row | None = None
    ) -> bool:
        del request, obj
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: _Row | None = None
    ) -> bool:
        del request, obj
        return False

    def hidden(self, request: HttpRequest, row: Model | None = None) -> set[str]:
        """The fields whose class is above what the person sees.

        In one business, when it is that of a row; else in any that they reach.
        """
        reach = self.reach(request)
        if row is not None:
            reach = Reach(frozenset({getattr(row, self.business_path)}))
        seen = person(request).clearance(reach)
        return {name for name, each in self.classes.items() if each > seen}

    def get_fields(self, request: HttpRequest, obj: _Row | None = None) -> list[Any]:
        hidden = self.hidden(request, obj)
        return [name for name in super().get_fields(request, obj) if name not in hidden]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self._open(request, super().get_list_display(request))

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return self._open(request, super().get_list_filter(request))

    def get_search_fields(self, request: HttpRequest) -> list[Any]:
        return self._open(request, super().get_search_fields(request))

    def lookup_allowed(
        self, lookup: str, value: Any, request: HttpRequest | None = None
    ) -> bool:
        """An address must not ask about a field that the person does not see."""
        if request is None:
            return False
        is_open = not self.hidden(request) & set(lookup.split("__"))
        return is_open and super().lookup_allowed(lookup, value, request)

    def _open(self, request: HttpRequest, names: Sequence[Any]) -> list[Any]:
        hidden = self.hidden(request)
        return [name for name in names if name not in hidden]
