"""What the API says of a mistake, in the language of whoever is at the admin.

Programs are answered in English, and what is stored is English too. Here such a text is
found among patterns and said anew; one that none fits stays as it is.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from exports.admin import (
    refused_exports,
    refused_queries,
    refused_reports,
    refused_settings,
)
from exports.errors import Detail

_GAP: Final = re.compile(r"%\((\w+)\)s")
_MOST: Final = 4000
_WORDS: Final = {"field"}
"""Gaps that hold no space."""
FIELDS: Final = {
    "business_id": _("business"),
    "columns": _("columns"),
    "compression": _("Compression"),
    "contact": _("contact"),
    "cron": _("Cron expression"),
    "custom_query": _("Query"),
    "customerIds": _("selected customers"),
    "dateRange": _("Orders, notes and analytics of"),
    "description": _("description"),
    "ends_at": _("ends at"),
    "events": _("events"),
    "filters": _("filters"),
    "format": _("format"),
    "interval_minutes": _("interval minutes"),
    "max_rows": _("At most so many rows"),
    "name": _("name"),
    "orderLimit": _("At most so many orders, newest first"),
    "password": _("password"),
    "sort_by": _("sort by"),
    "starts_at": _("starts at"),
    "time_zone": _("time zone"),
    "type": _("type"),
}
"""What boxes are called that are of one field of the API."""


def told(message: str) -> str:
    if (get_language() or "en").startswith("en") or len(message) > _MOST:
        return message
    return _known(message) or message


def told_all(details: Iterable[Detail]) -> list[Detail]:
    found = []
    for each in details:
        detail: Detail = {**each, "message": told(each["message"])}
        if "reason" in each:
            detail["reason"] = told(each["reason"])
        found.append(detail)
    return found


def _known(message: str) -> str | None:
    for pattern, source in _patterns():
        match = pattern.fullmatch(message)
        if match:
            return _filled(source, match.groupdict())
    # What is wrong within a part of a request: ``export: columns must be a list``.
    place, _colon, rest = message.partition(": ")
    known = _known(rest) if rest and " " not in place else None
    return f"{place}: {known}" if known else None


def _filled(source: str, values: dict[str, str]) -> str:
    def value(gap: re.Match[str]) -> str:
        name = gap.group(1)
        text = values[name]
        if name == "field":
            return capfirst(gettext(FIELDS[text])) if text in FIELDS else text
        return (_known(text) or text) if name.startswith("why") else text

    return _GAP.sub(value, gettext(source))


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Those that say most themselves come first."""
    sources = (
        *refused_exports.PATTERNS,
        *refused_settings.PATTERNS,
        *refused_queries.PATTERNS,
        *refused_reports.PATTERNS,
    )
    ordered = sorted(sources, key=lambda each: -len(_GAP.sub("", each)))
    return [(_pattern(each), each) for each in ordered]


def _pattern(source: str) -> re.Pattern[str]:
    """``%(name)s`` stands for any text, of a field without spaces."""
    parts = _GAP.split(source)
    texts, names = parts[::2], parts[1::2]
    found = re.escape(texts[0])
    for name, text in zip(names, texts[1:], strict=True):
        signs = r"\S" if name in _WORDS else "."
        found += f"(?P<{name}>{signs}+){re.escape(text)}"
    return re.compile(found, re.DOTALL)
