"""The spec that all benchmarks run: 13 columns, ordered, one masked, cells guarded."""

from typing import Any, Final

BUSINESS: Final = "bench"
SMALL: Final = "bench_small"
"""A business of ``SMALL_ROWS`` verifications, for requests that answer at once."""
SMALL_ROWS: Final = 100
COLUMNS: Final = [
    *("id", "company_id", "business_name", "jurisdiction", "status", "score"),
    *("risk_level", "checks", "reviewer", "reviewer_email", "notes", "fee"),
    "created_at",
]
MASKED: Final = "reviewer_email"


def of_case(name: str, *, max_rows: int | None = None) -> dict[str, Any]:
    """:param name: a format; ``.gz`` after it asks for compression."""
    format_name, _, packed = name.partition(".")
    columns = [
        {"name": column, "transform": "mask"} if column == MASKED else column
        for column in COLUMNS
    ]
    return {
        "business_id": BUSINESS,
        "export_type": "verifications",
        "format": format_name,
        "columns": columns,
        "sort_by": ["created_at"],
        "compression": "gzip" if packed else False,
        "max_rows": max_rows,
    }
