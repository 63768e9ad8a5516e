"""Dates and times in a reader's own pattern, cut out of their canonical text."""

import re
from collections.abc import Callable
from operator import itemgetter
from typing import Final

# Where each directive's digits stand in "YYYY-MM-DDTHH:MM:SS.ffffff+HH:MM". No names
# of months or days: they would depend on a locale.
PLACES: Final = {
    "Y": (slice(4),),
    "y": (slice(2, 4),),
    "m": (slice(5, 7),),
    "d": (slice(8, 10),),
    "H": (slice(11, 13),),
    "M": (slice(14, 16),),
    "S": (slice(17, 19),),
    "f": (slice(20, 26),),
    "z": (slice(26, 29), slice(30, 32)),
}
MIDNIGHT: Final = "T00:00:00.000000"
# It begins with digits and holds no sign of a formula, so that no spreadsheet runs it.
PATTERN: Final = re.compile(r"%[YymdHMSf](?:%[YymdHMSfz]|[-/.,: _TZ])*")
DIRECTIVE: Final = re.compile(r"%(.)")
RULE: Final = (
    "must start with one of %Y %y %m %d %H %M %S %f and go on with these, %z, "
    "spaces or - / . , : _ T Z"
)


def is_pattern(text: str) -> bool:
    return PATTERN.fullmatch(text) is not None


def is_whole(pattern: str, *, with_time: bool) -> bool:
    """Whether nothing of the day, or of the moment, is left out."""
    return set("YmdHMSf" if with_time else "Ymd") <= set(DIRECTIVE.findall(pattern))


def formatter(pattern: str) -> Callable[[str], str]:
    """From canonical date or datetime to the text that strftime would make of it.

    A date's time is midnight, its offset empty.
    """
    places = [place for key in DIRECTIVE.findall(pattern) for place in PLACES[key]]
    template = DIRECTIVE.sub(lambda found: "%s" * len(PLACES[found[1]]), pattern)
    cut = itemgetter(*places)

    def written(cell: str) -> str:
        is_date = len(cell) == len("YYYY-MM-DD")
        text: str = template % cut(cell + MIDNIGHT if is_date else cell)
        return text

    return written
