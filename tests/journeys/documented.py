"""Answers held against the OpenAPI document: what it does not tell is not answered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import requests
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.journeys.programs import ROOT

_PATH: Final = ROOT / "docs" / "api" / "openapi.yaml"
DOCUMENT: Final[dict[str, Any]] = yaml.load(_PATH.read_text(), yaml.CSafeLoader)
_URI: Final = "urn:openapi"
# Addresses that are for people and machines of other kinds than the API's clients.
PAGES: Final = {"/v1/schema/", "/v1/docs/"}
# What HTTP, the server, and the rules for browsers put on any answer.
_ANY_ANSWER: Final = {
    *("allow", "cache-control", "connection", "content-length", "content-type"),
    *("cross-origin-opener-policy", "date", "referrer-policy", "server"),
    *("transfer-encoding", "vary", "x-content-type-options", "x-frame-options"),
    *("content-language", "content-security-policy", "expires", "pragma"),
    *("x-accel-buffering",),
}
_FORMATS: Final = FormatChecker(formats=["date"])
_JSON: Final = {"application/json", "application/problem+json"}
_REFUSAL: Final = {"$ref": "#/components/schemas/Error"}
_STAFF_REFUSAL: Final = {"$ref": "#/components/schemas/StaffError"}


@_FORMATS.checks("date-time")
def is_moment(value: object) -> bool:
    """UTC, to the microsecond."""
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00"
    return not isinstance(value, str) or re.fullmatch(pattern, value) is not None


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    responses: Mapping[str, Any]
    is_open: bool

    @property
    def names(self) -> int:
        return self.path.count("{")

    def is_at(self, path: str) -> bool:
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(self.path))
        return re.fullmatch(pattern, path) is not None


def _closed(schema: Any, *, at: str = "") -> Any:
    """The same, its objects without other fields, its references from anywhere."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(value, at=name) for name, value in schema.items()}
    if isinstance(closed.get("$ref"), str):
        closed["$ref"] = closed["$ref"].replace("#", f"{_URI}#", 1)
    # A field may itself be called "properties", or "type".
    if at != "properties" and isinstance(closed.get("properties"), dict):
        closed.setdefault("additionalProperties", False)
    return closed


_SHAPES: Final = {"components": _closed(DOCUMENT["components"])}
_REGISTRY: Final = Registry().with_resource(_URI, DRAFT202012.create_resource(_SHAPES))


def _operations() -> dict[str, Operation]:
    return {
        told["operationId"]: Operation(
            told["operationId"],
            method.upper(),
            path,
            told["responses"],
            {} in told["security"] if "security" in told else True,
        )
        for path, item in DOCUMENT["paths"].items()
        for method, told in item.items()
    }


OPERATIONS: Final = _operations()


def operation_of(answer: requests.Response) -> Operation | None:
    """The most literal one of this method and address."""
    method = "GET" if answer.request.method == "HEAD" else answer.request.method
    path = urlsplit(str(answer.request.url)).path
    found = [
        each
        for each in OPERATIONS.values()
        if each.method == method and each.is_at(path)
    ]
    return min(found, key=lambda each: each.names, default=None)


def checked(answer: requests.Response, *, is_read: bool = True) -> requests.Response:
    """:param is_read: whether there is a body to look at; a stream is still coming."""
    assert answer.history == [], "redirected"
    path = urlsplit(str(answer.request.url)).path
    if path in PAGES:
        return answer
    operation = operation_of(answer)
    if operation is None:
        assert answer.status_code in {404, 405}, told(answer)
        is_staff = path.startswith("/api/admin/")
        _check_body(answer, _STAFF_REFUSAL if is_staff else _REFUSAL)
        return answer
    response = operation.responses.get(str(answer.status_code))
    assert response, f"{operation.id} does not tell of this: {told(answer)}"
    _check_headers(answer, response.get("headers", {}))
    _check_content(answer, response.get("content", {}), is_read=is_read)
    return answer


def told(answer: requests.Response) -> str:
    asked = answer.request
    return f"{asked.method} {asked.url} -> {answer.status_code} {dict(answer.headers)}"


def _check_headers(answer: requests.Response, headers: Mapping[str, Any]) -> None:
    known = {name.lower(): header for name, header in headers.items()}
    seen = {name.lower(): value for name, value in answer.headers.items()}
    untold = set(seen) - set(known) - _ANY_ANSWER
    missing = {name for name, header in known.items() if header.get("required")}
    assert (untold, missing - set(seen)) == (set(), set()), told(answer)
    for name, value in seen.items():
        if name in known:
            schema = known[name]["schema"]
            _validate(int(value) if schema["type"] == "integer" else value, schema)


def _check_content(
    answer: requests.Response, content: Mapping[str, Any], *, is_read: bool
) -> None:
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if not content:
        assert not is_read or answer.content == b"", told(answer)
        return
    assert kind in content, told(answer)
    schema = content[kind]["schema"]
    is_empty = answer.request.method == "HEAD" or not is_read
    if kind in _JSON and not is_empty and set(schema) - {"description"}:
        _check_body(answer, schema)


def _check_body(answer: requests.Response, schema: Mapping[str, Any]) -> None:
    if answer.request.method != "HEAD":
        _validate(answer.json(), schema)


def _validate(value: Any, schema: Mapping[str, Any]) -> None:
    """:param schema: of the document, its references into the document."""
    validator = Draft202012Validator(
        _closed(schema), registry=_REGISTRY, format_checker=_FORMATS
    )
    validator.validate(value)
