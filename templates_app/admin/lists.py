"""The lists of data, with what this app can do with their rows: export them."""

from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from customers.admin.acting import person
from templates_app.admin.chosen import LISTS, Choice, Refused, business_of
from templates_app.admin.new_export import EXPORTING, new_export

if TYPE_CHECKING:
    from customers.admin.owned import OwnedAdmin

    _Base = OwnedAdmin[Any]
else:
    _Base = object

_NO_COLUMN: Final = "action_checkbox"


class ExportsRows(_Base):
    """Selected rows, or all that match, open New export filled in."""

    actions = ("export_rows",)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """In some business: in which the rows are is looked at when they are known."""
        reach = person(request).reach(roles=EXPORTING, clearance=self.clearance)
        return bool(reach)

    @admin.action(permissions=["export"], description=_("Export …"))
    def export_rows(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        try:
            return self.begun(request, queryset, self.exportable(request, queryset))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return None

    def begun(
        self, request: HttpRequest, rows: QuerySet[Any], business_id: str
    ) -> HttpResponse:
        """The page on which the export of the rows goes on.

        :raises Refused: they cannot be exported.
        """
        begin = self._begin(request, rows, business_id)
        context = self.admin_site.each_context(request)
        carried = _carried(begin["filters"])
        return new_export(request, context, begin=begin, carried=carried)

    def exportable(self, request: HttpRequest, rows: QuerySet[Any]) -> str:
        """The one business of the rows.

        :raises Refused: there are several, or they may not export for it.
        """
        business_id = business_of(rows)
        reach = person(request).reach(roles=EXPORTING, clearance=self.clearance)
        if business_id not in reach:
            told = gettext("Your role in %(business)s does not export.")
            raise Refused(told % {"business": business_id})
        return business_id

    def _begin(
        self, request: HttpRequest, rows: QuerySet[Any], business_id: str
    ) -> dict[str, Any]:
        shown = self.get_changelist_instance(request)
        is_all = request.POST.get("select_across") == "1"
        names = [str(name) for name in shown.list_display if name != _NO_COLUMN]
        asked = shown.get_filters_params() if is_all and not shown.query else None
        choice = Choice(rows, names, asked)
        grant = person(request).actor.grant(business_id)
        if grant is None:
            raise Refused(gettext("There are no such rows any more."))
        return choice.spec(business_id=business_id, clearance=grant.clearance)


def _carried(filters: dict[str, Any]) -> str:
    """What the page tells of where it comes from."""
    rows = [value for name, value in filters.items() if name.endswith("id_in")]
    if not rows:
        return gettext("Filled in from the list: all rows that match its filters.")
    return ngettext(
        "Filled in from the list: the %(count)s row that was chosen, by its id.",
        "Filled in from the list: the %(count)s rows that were chosen, by their ids.",
        len(rows[0]),
    ) % {"count": len(rows[0])}


for _model in LISTS:
    _known = type(admin.site.get_model_admin(_model))
    admin.site.unregister(_model)
    admin.site.register(
        _model, type(_known.__name__, (ExportsRows, _known), {"__module__": __name__})
    )
