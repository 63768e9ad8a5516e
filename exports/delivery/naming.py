"""The name that a file has at a destination: a pattern of dates and of its own name."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from exports.models import ExportFile

DEFAULT: Final = "{business}/{year}/{month}/{day}/{name}"
MAX: Final = 300
PLACES: Final = (
    *("business", "type", "format", "year", "month", "day", "hour", "name", "export"),
)
_TELLING: Final = frozenset({"name", "export"})
"""One of them must be there: else a file would take the place of another."""
_PLACE: Final = re.compile(r"\{([^{}]*)\}")
_SEGMENT: Final = re.compile(r"(?:[A-Za-z0-9_.=-]|\{[a-z]+\})+", re.ASCII)


def problem(pattern: str, *, is_absolute_allowed: bool) -> str:
    """What is wrong with it; empty when nothing is."""
    places = _PLACE.findall(pattern)
    relative = pattern.removeprefix("/") if is_absolute_allowed else pattern
    segments = relative.split("/")
    if not 1 <= len(pattern) <= MAX:
        return f"must have 1 to {MAX} characters"
    if set(places) - set(PLACES):
        return "may hold {" + "}, {".join(PLACES) + "}"
    if not _TELLING & set(_PLACE.findall(segments[-1])):
        return "must have {name} or {export} in what comes after its last /"
    if not all(_SEGMENT.fullmatch(each) for each in segments):
        return "must be of letters, digits and . _ - = between single /"
    # A part file begins with a point, and takes its name from the file.
    if any(each.startswith(".") for each in segments):
        return "must have no name that begins with a point"
    return ""


def name_of(file: ExportFile, pattern: str) -> str:
    """By the business's own days; the same in every attempt."""
    made = file.generated_at.astimezone(ZoneInfo(file.business.time_zone))
    return filled(pattern, _values(file, made))


def filled(pattern: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda found: values[found[1]], pattern)


def _values(file: ExportFile, made: datetime) -> dict[str, str]:
    # Two exports of one second have the same name for a browser.
    stem, point, endings = file.name.partition(".")
    return {
        "business": file.business_id,
        "type": file.job.export_type,
        "format": file.job.format,
        "year": f"{made:%Y}",
        "month": f"{made:%m}",
        "day": f"{made:%d}",
        "hour": f"{made:%H}",
        "name": f"{stem}-{file.job.export_id}{point}{endings}",
        "export": file.job.export_id,
    }


def for_a_test(pattern: str, *, business_id: str, zone: str, now: datetime) -> str:
    """Of the small file that a test writes, in the folder of what is exported now."""
    made = now.astimezone(ZoneInfo(zone))
    named = f"kyb-export-test-{now:%Y%m%d%H%M%S%f}.txt"
    values = dict.fromkeys(PLACES, "test") | {
        "business": business_id,
        "year": f"{made:%Y}",
        "month": f"{made:%m}",
        "day": f"{made:%d}",
        "hour": f"{made:%H}",
    }
    folder, slash, _ = pattern.rpartition("/")
    return filled(folder, values) + slash + named
