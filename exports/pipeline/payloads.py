"""What every JSON value from outside must keep to, before it is looked at."""

import json
from collections.abc import Iterator
from typing import Any, Final

from exports.errors import Invalid

MAX_DEPTH: Final = 32


def an_object(value: Any) -> dict[str, Any]:
    """The body itself.

    :raises Invalid: it is no JSON object.
    """
    if not isinstance(value, dict):
        raise Invalid.field("body", "body must be a JSON object")
    return value


def size_of(value: Any) -> int:
    """Bytes of it as JSON."""
    return len(json.dumps(value, ensure_ascii=False).encode())


def check_payload(value: Any) -> None:
    """:raises Invalid: too deep, or a text that no database holds: NUL, half a pair."""
    for name, text in _texts(value):
        if "\x00" in text or any("\ud800" <= mark <= "\udfff" for mark in text):
            raise Invalid.field(
                name, f"{name} holds a NUL or half of a surrogate pair: remove it"
            )


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """Every text in a JSON value, with the top-level field it belongs to."""
    waiting: list[tuple[str, Any, int]] = [("body", value, 0)]
    while waiting:
        name, item, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise Invalid.field(name, f"{name} is nested more than {MAX_DEPTH} deep")
        if isinstance(item, str):
            yield name, item
        elif isinstance(item, dict):
            for key, inner in item.items():
                yield name, key
                shown = key[:80] if depth == 0 and key.isprintable() else name
                waiting.append((shown, inner, depth + 1))
        elif isinstance(item, list):
            waiting += [(name, inner, depth + 1) for inner in item]
