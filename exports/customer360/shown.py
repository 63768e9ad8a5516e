"""Values as people read them on a page, in the language and the zone of the report."""

from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Final
from unicodedata import bidirectional

from django.utils.dateformat import format as date_format
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from exports.customer360.words import UNKNOWN
from exports.pipeline.columns import ColumnType, OutColumn, Tally
from exports.pipeline.renderers.pdf_text import shown

_TEXT: Final = OutColumn("", "", ColumnType.TEXT)
_RTL: Final = {"R", "AL"}
_STRONG: Final = {"L", *_RTL}


class Text(str):
    """A text without characters that have no shape.

    :ivar side: ``rtl`` when its first letter that has a direction runs to the left.
    """

    __slots__ = ()

    @property
    def side(self) -> str:
        if self.isascii():
            return ""
        strong = filter(_STRONG.__contains__, map(bidirectional, self))
        return "rtl" if next(strong, "L") in _RTL else ""


def text(value: str | None, *, most: int = 32_767) -> Text:
    """A dash for what is unknown; an ellipsis where it is cut."""
    if not value:
        return Text(UNKNOWN)
    [clean] = shown(_TEXT, [value], Tally())
    return Text(clean if len(clean) <= most else f"{clean[: most - 1]}…")


def line(value: str | None, *, most: int = 300) -> Text:
    """In one line, as titles and labels are."""
    return text(" ".join((value or "").split()), most=most)


def money(amount: Decimal, currency: str) -> Text:
    return line(f"{number(amount, places=2)} {currency}", most=60)


def number(value: Decimal | int, *, places: int = 0) -> str:
    # Rounded here, half-even: else the digits that are too many would be cut off.
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places))
    return number_format(rounded, decimal_pos=places, force_grouping=True)


def price(amount: Decimal) -> str:
    """Two digits after the point, four where they are needed."""
    places = 2 if amount == round(amount, 2) else 4
    return number(amount, places=places)


def percent(share: Decimal) -> str:
    value = share * 100
    return f"{number(value, places=0 if value == int(value) else 2)} %"


def day(moment: datetime | None, *, zone: tzinfo) -> Text:
    if moment is None:
        return Text(UNKNOWN)
    return Text(date_format(moment.astimezone(zone), "j M Y"))


def minute(moment: datetime, *, zone: tzinfo) -> Text:
    return Text(date_format(moment.astimezone(zone), "j M Y, H:i"))


def days(count: int) -> str:
    counted = number(count)
    return ngettext("%(days)s day", "%(days)s days", count) % {"days": counted}


def ago(count: int) -> str:
    """:param count: days; -1: never."""
    if count < 0:
        return gettext("Never")
    return gettext("Today") if not count else gettext("%s ago") % days(count)
