"""Reading a request: a bounded JSON body, and query parameters that are known."""

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import IO, Any, Final, NoReturn

from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from customers.redaction import redacted
from exports.errors import Invalid, RequestTooLarge
from exports.pipeline.payloads import check_payload
from exports.pipeline.problems import Problems, shown
from exports.pipeline.registry import unknown

MAX_BYTES: Final = 1 << 20


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
                raw.decode(),
                parse_constant=_no_constant,
                parse_float=_finite,
                object_pairs_hook=_without_doubles,
            )
        except (ValueError, RecursionError) as error:
            raise Invalid.field("body", "body is not well-formed JSON") from error
        check_payload(value)
        _refuse_credentials(value)
        return value


def _refuse_credentials(value: Any) -> None:
    """:raises Invalid: a key or token, which would be kept and shown with the rest."""
    items = value if isinstance(value, dict) else {"body": value}
    for name, item in items.items():
        if redacted({name: item}) != {name: item}:
            told = shown(name, otherwise="body") if redacted(name) == name else "body"
            message = "holds an API key or token: it belongs in Authorization alone"
            raise Invalid.field(told, f"{told} {message}")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """:raises Invalid: a name is there twice: each reader would take another of them.

    Who checks a request before it comes here may see another business than is meant.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _doubled([name for name, _ in pairs])
    return found


def _doubled(names: Sequence[str]) -> Invalid:
    once: set[str] = set()
    for name in names:
        if name in once:
            break
        once.add(name)
    shown = name[:80] if name.isprintable() else "body"
    return Invalid.field(shown, f"{shown} is given more than once")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    """1e999 is well-formed, but no database keeps it as JSON."""
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def no_unknown(request: Request, known: Sequence[str]) -> None:
    """:raises Invalid: a query parameter that is not known, or is given twice."""
    problems = Problems()
    for name, values in request.query_params.lists():
        if name not in known:
            message = (
                unknown("parameter", name, list(known))
                if known
                else "parameter: there are none here"
            )
            problems.add(shown(name, otherwise="query"), f"is an {message}")
        elif len(values) > 1:
            problems.add(name, "is given more than once")
        elif "\x00" in values[0]:
            problems.add(name, "holds a NUL")
    problems.settle()


def no_fields(request: Request, *, but: Sequence[str] = ()) -> Mapping[str, Any]:
    """The body, whose only fields may be ``but``.

    :raises Invalid: there is something else in it.
    """
    problems, body = Problems(), request.data
    if not isinstance(body, Mapping):
        problems.add("body", "must be a JSON object, or nothing")
        body = {}
    else:
        for name in body:
            if name not in but:
                known = ", ".join(but) or "there are none here"
                told = shown(name, otherwise="body")
                problems.add(told, f"is an unknown field: {known}")
    problems.settle()
    return body


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
