"""Searches of long lists: on PostgreSQL what is found is read, and no other row."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, Self, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.db import connections
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Value
from django.http import HttpRequest
from django.utils.text import smart_split, unescape_string_literal

from customers.admin.counting import LongPaginator
from customers.admin.owned import OwnedAdmin

MOST: Final = 5_000
"""Rows that are taken by their keys; where more are found, some are always near."""
_DRIVING: Final = 3
# What an index of trigrams can look for: so many letters or digits in a row.
_INDEXED: Final = re.compile(r"[^\W_]{3}")
_Row = TypeVar("_Row", bound=Model)


class _Among(Func):
    """As one parameter, however many there are."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


@dataclass(frozen=True, slots=True)
class Search:
    """Each of the words is in some field; case does not count.

    Where no word has three letters or digits in a row, the own fields begin with them:
    only so an index finds them.

    :ivar related: relation -> its fields that are searched, too.
    """

    words: tuple[str, ...]
    own: tuple[str, ...]
    related: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, fields: Sequence[str], text: str) -> Self:
        """:param text: words, or several as one in quotes."""
        own = tuple(name for name in fields if "__" not in name)
        related: dict[str, tuple[str, ...]] = {}
        for name in fields:
            relation, _, field = name.partition("__")
            if field:
                related[relation] = (*related.get(relation, ()), field)
        return cls(tuple(map(_unquoted, smart_split(text))), own, related)

    @property
    def condition(self) -> Q:
        """On rows one by one."""
        return _each(self.words, self._lookups)

    @property
    def _lookups(self) -> list[str]:
        return [f"{name}__{self._own_lookup}" for name in self.own] + [
            f"{relation}__{name}__icontains"
            for relation, names in self.related.items()
            for name in names
        ]

    @property
    def _own_lookup(self) -> str:
        is_indexed = any(map(_INDEXED.search, self.words))
        return "icontains" if is_indexed else "istartswith"

    def parts(self, rows: QuerySet[_Row]) -> Iterator[QuerySet[_Row]]:
        """Those found, once or more often: each part is what an index finds.

        A condition on this table or on another is served by no index: so there is a
        part for each way to divide the longest words among the tables.
        """
        words = sorted(self.words, key=len, reverse=True)
        rest = _each(words[_DRIVING:], self._lookups)
        places = [""] * bool(self.own) + list(self.related)
        driving = words[:_DRIVING]
        for ways in product(places, repeat=len(driving)):
            part = rows.filter(rest)
            for place in dict.fromkeys(ways):
                here = [w for w, way in zip(driving, ways, strict=True) if way == place]
                part = part.filter(self._at(place, here, rows.model))
            yield part

    def _at(self, place: str, words: Sequence[str], model: type[Model]) -> Q:
        if not place:
            return _each(words, [f"{name}__{self._own_lookup}" for name in self.own])
        target: Any = model._meta.get_field(place).related_model
        there = _each(words, [f"{name}__icontains" for name in self.related[place]])
        return Q(**{f"{place}__in": target._base_manager.filter(there).values("pk")})


def _unquoted(word: str) -> str:
    is_quoted = word.startswith(('"', "'")) and word[0] == word[-1]
    return unescape_string_literal(word) if is_quoted else word


def _each(words: Sequence[str], lookups: Sequence[str]) -> Q:
    ways = [Q(*((each, word) for each in lookups), _connector=Q.OR) for word in words]
    return Q(*ways)


def keys(rows: QuerySet[Any], search: Search) -> set[UUID] | None:
    """Of the rows found; None of more than ``MOST``."""
    statements: list[str] = []
    values: list[Any] = []
    for part in search.parts(rows.order_by()):
        try:
            statement, its_values = part.values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue
        statements.append(statement)
        values += its_values
    if not statements:
        return set()
    # Materialised, a part is planned as if all of it were wanted: for a few rows the
    # planner would walk through the table, and find none to its end. It is still read
    # no further than to the limit.
    parts = ", ".join(
        f"part{place} AS MATERIALIZED ({statement})"
        for place, statement in enumerate(statements)
    )
    whole = " UNION ALL ".join(f"SELECT * FROM part{n}" for n in range(len(statements)))  # noqa: S608 -- numbers alone
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"WITH {parts} {whole} LIMIT {MOST + 1}", values)
        found = [key for (key,) in cursor.fetchall()]
    return set(found) if len(found) <= MOST else None


def having(rows: QuerySet[_Row], found: set[UUID]) -> QuerySet[_Row]:
    """These rows, in their order."""
    if not found:
        return rows.none()
    # The bounds: who walks through the table in its order begins where they begin.
    return rows.filter(
        _Among(F("pk"), Value(list(found))), pk__gte=min(found), pk__lte=max(found)
    )


class SearchedAdmin(OwnedAdmin[_Row]):
    """A long list; its fields to search have an index of trigrams."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[_Row], search_term: str
    ) -> tuple[QuerySet[_Row], bool]:
        fields = self.get_search_fields(request)
        search = Search.of(fields, search_term)
        if not (fields and search.words):
            return queryset, False
        if connections[queryset.db].vendor != "postgresql":
            return queryset.filter(search.condition), False
        found = keys(queryset, search)
        request.kyb_found = found  # type: ignore[attr-defined] # kept for the request
        if found is None:
            return queryset.filter(search.condition), False
        return having(queryset, found), False

    def get_paginator(
        self,
        request: HttpRequest,
        queryset: QuerySet[_Row],
        *args: Any,
        **values: Any,
    ) -> Paginator[Any]:
        paginator = super().get_paginator(request, queryset, *args, **values)
        if isinstance(paginator, LongPaginator) and hasattr(request, "kyb_found"):
            found: set[UUID] | None = request.kyb_found
            if found is None:
                paginator.at_least = MOST + 1
            else:
                paginator.known = len(found)
        return paginator
