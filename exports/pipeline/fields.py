"""The fields of an export request: one table, for the parser and for the document."""

import re
from dataclasses import dataclass
from typing import Any, Final

from exports.pipeline.problems import Problems

COMPRESSIONS: Final = ("gzip", "zip", "zstd")
SLUG: Final = re.compile(r"[a-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """:ivar kinds: Python types of its JSON value; a bool is no int here.

    :ivar choices: of a text; other kinds of the field are not bound by it.
    """

    kinds: tuple[type, ...]
    help: str
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    min_length: int = 1
    max_length: int = 200


FIELDS: Final[dict[str, Field]] = {
    "business_id": Field((str,), "Whose data", required=True, max_length=64),
    "export_type": Field((str,), "The dataset, see /v1/export/types", required=True),
    "format": Field((str,), "The file format; xlsx means excel", required=True),
    "template_id": Field((str,), "A template; what the request names wins"),
    "filters": Field((dict,), "Column, or column_operator, to value", default={}),
    "time_range": Field((dict,), "On the time column: start in, end out"),
    "columns": Field((list,), "In the order wanted; default: all that may be seen"),
    "sort_by": Field((list,), "Columns, each with + or - if wanted"),
    "sort_order": Field(
        (str,), "Of columns without a sign", default="asc", choices=("asc", "desc")
    ),
    "include_headers": Field((bool,), "Column names at the head", default=True),
    "include_metadata": Field((bool,), "Who, what, when, in the file", default=False),
    "compression": Field(
        (bool, str), "true is gzip", default=False, choices=COMPRESSIONS
    ),
    "options": Field((dict,), "Of the format, see /v1/export/types", default={}),
    "delivery": Field(
        (str,),
        "A stored file, or the answer itself",
        default="file",
        choices=("file", "inline"),
    ),
    "on_denied": Field(
        (str,),
        "For selected columns that may not be seen",
        default="error",
        choices=("error", "mask"),
    ),
    "batch_size": Field(
        (int,), "Rows fetched at a time", default=1000, minimum=1, maximum=10_000
    ),
    "max_rows": Field(
        (int,), "Write at most so many rows", minimum=1, maximum=1_000_000
    ),
    "metadata": Field((dict,), "Handed back; at most 8 KiB of JSON", default={}),
    "custom_query": Field(
        (str,), "One SELECT, of export_type custom alone", max_length=20_000
    ),
    "password": Field(
        (str,), "Opens the file; forgotten once it is made", min_length=8, max_length=99
    ),
    "notify": Field((dict,), "Who is mailed when it has ended"),
    "destinations": Field((list,), "Where its file is brought to", default=[]),
}
_NAMES: Final = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    dict: "an object",
    list: "a list",
}


def check_field(name: str, declared: Field, value: Any, problems: Problems) -> None:
    """Note in ``problems`` what is wrong with a value that is not null."""
    if type(value) not in declared.kinds:
        kinds = " or ".join(_NAMES[kind] for kind in declared.kinds)
        problems.add(name, f"must be {kinds}")
    elif isinstance(value, str):
        _check_text(name, declared, value, problems)
    elif type(value) is int:
        low, high = declared.minimum or 0, declared.maximum or 0
        # The upper bound of max_rows is the installation's, checked with the spec.
        if value < low or (name != "max_rows" and value > high):
            problems.add(name, f"must be from {low} to {high}")


def _check_text(name: str, declared: Field, value: str, problems: Problems) -> None:
    if declared.choices and value not in declared.choices:
        problems.add(name, f"must be one of {', '.join(declared.choices)}")
    elif not declared.min_length <= len(value) <= declared.max_length:
        low, high = declared.min_length, declared.max_length
        problems.add(name, f"must have {low} to {high} characters")
    elif name == "business_id" and not SLUG.fullmatch(value):
        problems.add(name, "must be the id of a business, such as business_123")
