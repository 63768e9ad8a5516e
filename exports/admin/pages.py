"""A page for each row of a list, with acts that ask first: what such lists share."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from customers.admin.acting import person
from customers.admin.owned import OwnedAdmin
from customers.models import AuditEvent
from exports.admin import deeds, questions
from exports.admin.questions import Question

_Row = TypeVar("_Row", bound=Model)
_EVENTS = 25


class PagedAdmin(OwnedAdmin[_Row]):
    """:cvar scope: what somebody needs in a row's business to act upon it.

    :cvar page: the template of a row's page.
    """

    class Media:
        css = {"all": ("exports/admin/exports.css",)}

    scope: ClassVar[str]
    page: ClassVar[str]
    acts: ClassVar[Mapping[str, Question[Any]]]

    @property
    def kind(self) -> str:
        """What the names of its addresses begin with."""
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def name_of(self, row: _Row) -> str:
        return str(row)

    def whole(self, request: HttpRequest, row: _Row) -> dict[str, Any]:
        """What the page of a row tells of it."""
        raise NotImplementedError

    def filled_in(self, request: HttpRequest, row: _Row | None) -> HttpResponse:
        """The form of a row, or of a new one, and what becomes of it."""
        raise NotImplementedError

    def may_act(self, request: HttpRequest, row: _Row) -> bool:
        grant = person(request).actor.grant(getattr(row, self.business_path))
        return grant is not None and self.scope in grant.scopes

    def has_add_permission(self, request: HttpRequest) -> bool:
        grants = person(request).actor.grants.values()
        return any(self.scope in grant.scopes for grant in grants)

    def get_urls(self) -> list[URLPattern]:
        inside = self.admin_site.admin_view
        act, edit = inside(self.act_view), inside(self.edit_view)
        return [
            path("<path:object_id>/<slug:act>/ask/", act, name=f"{self.kind}_act"),
            path("<path:object_id>/edit/", edit, name=f"{self.kind}_edit"),
            *super().get_urls(),
        ]

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        del form_url, extra_context
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self.filled_in(request, None)

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.found(request, object_id)
        if row is None:
            return self.gone(request)
        if not self.may_act(request, row):
            raise PermissionDenied
        return self.filled_in(request, row)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        del form_url
        row = self.found(request, object_id)
        if row is None:
            return self.gone(request)
        may = self.may_act(request, row)
        fit = questions.possible(self.acts, row, person(request).actor)
        told = {
            **self.context(request, self.name_of(row)),
            **self.whole(request, row),
            "row": row,
            "may": may,
            "acts": fit if may else {},
            "events": deeds.told(events_of(row, self.opts.model_name or "")),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.page, told)

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        row = self.found(request, object_id)
        if row is None or act not in self.acts:
            return self.gone(request)
        return self.ask(request, row, self.acts[act])

    def ask(
        self, request: HttpRequest, row: _Row, question: Question[Any]
    ) -> HttpResponse:
        """:raises PermissionDenied: they may look and no more."""
        if not self.may_act(request, row):
            raise PermissionDenied
        context = self.context(request, self.name_of(row))
        told = context | {"about": self.name_of(row)}
        back = self.address(row)
        return questions.ask(request, question, row, back=back, context=told)

    def context(self, request: HttpRequest, title: Any) -> dict[str, Any]:
        site = self.admin_site.each_context(request)
        return {**site, "opts": self.opts, "title": title, "original": str(title)}

    def address(self, row: _Row) -> str:
        return reverse(f"admin:{self.kind}_change", args=[row.pk])

    def found(self, request: HttpRequest, object_id: str) -> _Row | None:
        """Theirs to see, or none."""
        row = self.get_object(request, unquote(object_id))
        return row if row and self.has_view_permission(request, row) else None

    def gone(self, request: HttpRequest) -> HttpResponse:
        """There is none, or it is not theirs: alike."""
        messages.warning(request, _("There is none, or it is not yours to see."))
        return redirect(f"admin:{self.kind}_changelist")


def events_of(row: Any, kind: str) -> QuerySet[AuditEvent]:
    """The newest that the trail tells of it."""
    found = AuditEvent.objects.filter(
        object_type=kind, object_id=str(row), business_id=row.business_id
    )
    return found.order_by("-at", "-id")[:_EVENTS]
