"""Cells of every type, and what a transform makes of them."""

from exports.pipeline.columns import ColumnType, OutColumn, Tally
from exports.pipeline.transforms import apply, parse

KEY = b"key"
CELL = {
    "text": "Straße ",
    "uuid": "3f2b0a52-0000-4000-8000-000000000001",
    "integer": "-42",
    "decimal": "1.25",
    "date": "2024-02-09",
    "datetime": "2024-02-09T23:05:07.000120+00:00",
    "json": '{"a":1}',
}


def column(kind: str, scale: int = 0) -> OutColumn:
    return OutColumn("c", "Label", ColumnType(kind), scale=scale)


def treated(transform: str, kind: str, *cells: str | None, scale: int = 2):
    """The cells, and the column they go out as."""
    treatment = parse(transform, column(kind, scale), pseudonym_key=KEY)
    [[done]] = apply([[list(cells)]], [treatment], guard_formulas=False, tally=Tally())
    return done, treatment.out
