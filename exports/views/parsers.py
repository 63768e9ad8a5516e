"""Reading a request: a bounded JSON body, and query parameters that are known."""

import json
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import IO, Any, Final, NoReturn

from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from exports.errors import Invalid, RequestTooLarge
from exports.pipeline.problems import Problems
from exports.pipeline.registry import unknown

MAX_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 32


class BoundedJSONParser(BaseParser):
    """JSON of at most 1 MiB and 32 levels, whose texts every database can hold."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """:raises RequestTooLarge: over 1 MiB.

        :raises Invalid: it is no JSON, or none that can be kept.
        """
        del media_type, parser_context
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise RequestTooLarge(f"the body is larger than {MAX_BYTES} bytes")
        try:
            value = json.loads(
                raw.decode(), parse_constant=_no_constant, parse_float=_finite
            )
        except (ValueError, RecursionError) as error:
            raise Invalid.field("body", "body is not well-formed JSON") from error
        _check(value)
        return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    """1e999 is well-formed, but no database keeps it as JSON."""
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _check(value: Any) -> None:
    """:raises Invalid: too deep, or a text with NUL or half a character."""
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


def no_unknown(request: Request, known: Sequence[str]) -> None:
    """:raises Invalid: a query parameter that is not known, or is given twice."""
    problems = Problems()
    for name, values in request.query_params.lists():
        if name not in known:
            shown = name[:80] if name.isprintable() else "query"
            message = (
                unknown("parameter", name, list(known))
                if known
                else "parameter: there are none here"
            )
            problems.add(shown, f"is an {message}")
        elif len(values) > 1:
            problems.add(name, "is given more than once")
        elif "\x00" in values[0]:
            problems.add(name, "holds a NUL")
    problems.settle()


def page(request: Request, *, most: int = 100, default: int = 50) -> tuple[int, int]:
    """``limit`` and ``offset``.

    :raises Invalid: out of range.
    """
    problems = Problems()
    found = {}
    for name, low, high, otherwise in (
        ("limit", 1, most, default),
        ("offset", 0, 10**9, 0),
    ):
        text = request.query_params.get(name, str(otherwise))
        is_number = text.isascii() and text.isdigit() and len(text) < 11
        if not is_number or not low <= int(text) <= high:
            problems.add(name, f"must be a whole number from {low} to {high}")
        else:
            found[name] = int(text)
    problems.settle()
    return found["limit"], found["offset"]
