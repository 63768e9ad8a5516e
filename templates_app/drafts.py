"""A template as somebody sends it: what may be said, and the checks of an export."""

import re
from collections.abc import Mapping
from typing import Any, Final

from customers.clearance import Clearance
from exports.errors import Forbidden, Invalid
from exports.pipeline.datasets import DATASETS, custom
from exports.pipeline.fields import SLUG
from exports.pipeline.payloads import an_object, size_of
from exports.pipeline.problems import Problems
from exports.pipeline.registry import unknown
from exports.pipeline.spec import ExportSpec
from templates_app.saved import as_template

MAX_NAME: Final = 200
MAX_DESCRIPTION: Final = 2000
MAX_BYTES: Final = 65_536
SPEC_FIELDS: Final = (
    *("format", "columns", "filters", "sort_by", "sort_order", "options"),
)
FIELDS: Final = ("id", "business_id", "name", "description", "type", *SPEC_FIELDS)


def check_body(body: Any) -> dict[str, Any]:
    """:raises Invalid: it is no object, or has a field that a template has not."""
    problems, fields = Problems(), an_object(body)
    for name in fields:
        if name not in FIELDS:
            _, _, hint = unknown("field", name, list(FIELDS)).partition(": ")
            problems.add(name[:80], f"is not a field of a template: {hint}")
    problems.settle()
    return fields


def read(
    body: Mapping[str, Any], *, business_id: str, clearance: Clearance
) -> dict[str, Any]:
    """The columns of the row, checked all together.

    :raises Invalid: naming every field that is wrong.
    :raises Forbidden: it names a column above ``clearance``.
    """
    problems = Problems()
    _check_text("name", body.get("name"), MAX_NAME, problems)
    if body.get("description") is not None:
        _check_text("description", body["description"], MAX_DESCRIPTION, problems)
    if size_of(dict(body)) > MAX_BYTES:
        problems.add("body", f"must be at most {MAX_BYTES} bytes")
    spec = _spec(body, business_id, clearance, problems)
    problems.settle()
    return {
        "name": body["name"],
        "description": body.get("description") or "",
        "export_type": spec.export_type,
        "format": spec.format,
        "columns": body.get("columns"),
        "filters": body.get("filters") or {},
        "sort_by": body.get("sort_by"),
        "sort_order": body.get("sort_order") or "asc",
        "options": body.get("options") or {},
    }


def slug(body: Mapping[str, Any]) -> str:
    """Its id, made of the name when it has none.

    :raises Invalid: it is none, or the name gives none.
    """
    wanted = body.get("id")
    if wanted is None:
        made = re.sub(r"[^a-z0-9]+", "_", str(body["name"]).lower(), flags=re.ASCII)
        wanted = made[:64].strip("_")
        if not wanted:
            raise Invalid.field("id", "id is required: the name gives none")
    if not isinstance(wanted, str) or not SLUG.fullmatch(wanted):
        raise Invalid.field(
            "id", "id must be 1 to 64 of the characters a-z, 0-9, '_' and '-'"
        )
    return wanted


def _check_text(name: str, value: Any, most: int, problems: Problems) -> None:
    least = 1 if name == "name" else 0
    if value is None:
        problems.add(name, "is required")
    elif not isinstance(value, str):
        problems.add(name, "must be a text")
    elif not least <= len(value.strip()) <= len(value) <= most:
        problems.add(name, f"must have {least} to {most} characters, not only spaces")


def _spec(
    body: Mapping[str, Any],
    business_id: str,
    clearance: Clearance,
    problems: Problems,
) -> ExportSpec:
    """What is wrong joins ``problems``, which then is settled."""
    payload = {name: body.get(name) for name in SPEC_FIELDS}
    payload |= {"export_type": body.get("type"), "business_id": business_id}
    if body.get("type") == custom.NAME:
        # A template holds no query.
        problems.add("type", f"is an {unknown('type', custom.NAME, list(DATASETS))}")
        problems.settle()
    try:
        return ExportSpec.parse(payload, clearance=clearance)
    except Invalid as error:
        problems.details += as_template(error.details)
        problems.settle()
        raise
    except Forbidden as error:
        problems.settle()
        names = error.message.partition(";")[0]
        raise Forbidden(
            f"{names}; leave them out of the template", details=error.details
        ) from error
