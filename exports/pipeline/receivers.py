"""Who is mailed when an export has ended, and where its file goes: checked."""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from customers import ids
from exports.conf import knob
from exports.pipeline.problems import Problems

MOST: Final = 10
LANGUAGES: Final = ("en", "de")


def parse(notify: Mapping[str, Any] | None, problems: Problems) -> dict[str, Any]:
    """As it is stored: each receiver once, with their language; empty for nobody."""
    if not notify:
        return {}
    if set(notify) != {"email"}:
        problems.add("notify", "must be an object with email alone")
        return {}
    given = notify["email"]
    if not isinstance(given, list) or not 1 <= len(given) <= MOST:
        problems.add("notify.email", f"must be a list of 1 to {MOST} addresses")
        return {}
    if not settings.MAIL_IS_SET_UP:
        problems.add("notify", "is not possible: this installation sends no mail")
    found: dict[str, dict[str, str]] = {}
    for index, item in enumerate(given):
        receiver = _receiver(f"notify.email[{index}]", item, problems)
        found.setdefault(receiver["address"].lower(), receiver)
    return {"email": list(found.values())}


def _receiver(name: str, item: Any, problems: Problems) -> dict[str, str]:
    known = {"address": item} if isinstance(item, str) else item
    if not isinstance(known, dict) or not {"address"} <= set(known) <= {
        "address",
        "language",
    }:
        problems.add(name, "must be an address, or an object with address and language")
        return {"address": "", "language": ""}
    address, language = known["address"], known.get("language")
    language = str(knob("MAIL_LANGUAGE")) if language is None else language
    if not is_address(address):
        problems.add(name, "must be an email address")
    if language not in LANGUAGES:
        problems.add(f"{name}.language", f"must be one of {', '.join(LANGUAGES)}")
    return {"address": str(address), "language": str(language)}


def parse_destinations(given: list[Any], problems: Problems) -> tuple[str, ...]:
    """Each once, as far as an id tells by itself."""
    if len(given) > MOST:
        problems.add("destinations", f"must be a list of at most {MOST} ids")
    for index, each in enumerate(given):
        if not isinstance(each, str) or ids.read("dst", each) is None:
            problems.add(f"destinations[{index}]", "must be the id of a destination")
    return tuple(dict.fromkeys(each for each in given if isinstance(each, str)))


def is_address(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > 254 or not value.isascii():
        return False
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True
