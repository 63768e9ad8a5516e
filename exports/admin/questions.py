"""Acts upon one row of any list that ask first: the question, and then the deed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.admin.acting import person
from exports.admin import refusals
from exports.errors import ExportError

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[_Row]):
    """:ivar done: what is said afterwards; empty: the page that comes next says it.

    :ivar run: gives what is shown next; None: the row's page.
    """

    title: Any
    text: Any
    done: Any = ""
    run: Callable[[_Row, HttpRequest], HttpResponse | None]
    fits: Callable[[_Row, Actor], bool] = lambda _row, _actor: True
    is_grave: bool = False


def possible(
    acts: Mapping[str, Question[_Row]], row: _Row, actor: Actor
) -> dict[str, Question[_Row]]:
    """Those that fit the row as it is."""
    return {name: act for name, act in acts.items() if act.fits(row, actor)}


def ask(
    request: HttpRequest,
    act: Question[_Row],
    row: _Row,
    *,
    back: str,
    context: Mapping[str, Any],
) -> HttpResponse:
    """The question, or the deed, of somebody who may.

    :param back: the address of the row's page.
    """
    if not act.fits(row, person(request).actor):
        messages.warning(request, _("This has changed meanwhile: it is not possible."))
        return redirect(back)
    if request.method == "POST":
        return _done(request, act, row, back)
    told = {**context, "act": act, "row": row, "back": back, "title": act.title}
    return TemplateResponse(request, "exports/admin/question.html", told)


def _done(
    request: HttpRequest, act: Question[_Row], row: _Row, back: str
) -> HttpResponse:
    try:
        shown = act.run(row, request)
    except ExportError as error:
        messages.error(request, refusals.told(error.message))
        return redirect(back)
    if act.done:
        messages.success(request, act.done)
    return shown or redirect(back)
