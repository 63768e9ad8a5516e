"""A page of a list: what is on it, how many there are, and where the others are."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from exports.views.parsers import page


def paged(
    request: Request, name: str, rows: QuerySet[Any], show: Callable[[Any], Any]
) -> Response:
    """The page that was asked for.

    :param rows: all of them, in their order.
    :param show: what stands under ``name`` for those of the page.
    """
    limit, offset = page(request)
    shown = show(rows[offset : offset + limit])
    return page_of(request, name, shown, total=rows.count())


def page_of(request: Request, name: str, shown: Any, *, total: int) -> Response:
    limit, offset = page(request)
    found = {name: shown, "total_count": total, "limit": limit, "offset": offset}
    links = _links(request, limit=limit, offset=offset, total=total)
    return Response(found, headers=links)


def shown_by(serializer: Any) -> Callable[[Any], Any]:
    return lambda rows: serializer(rows, many=True).data


def _links(request: Request, *, limit: int, offset: int, total: int) -> dict[str, str]:
    """RFC 8288: where the pages before and after this one are, if they are."""
    pages = {}
    if offset + limit < total:
        pages["next"] = offset + limit
    if offset > 0:
        pages["prev"] = max(0, offset - limit)
    kept = {
        name: value
        for name, value in request.query_params.items()
        if name not in {"limit", "offset"}
    }
    links = []
    for relation, start in pages.items():
        query = urlencode(kept | {"limit": limit, "offset": start})
        links.append(f'<{request.path}?{query}>; rel="{relation}"')
    return {"Link": ", ".join(links)} if links else {}
