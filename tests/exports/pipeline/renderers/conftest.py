"""Renders rows without a database, cut into blocks of any size."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from exports.pipeline.columns import Block, ColumnType, OutColumn
from exports.pipeline.renderers import RENDERERS
from exports.pipeline.renderers.base import RenderContext, Renderer

BLOCK_ROWS = 4096
Row = Sequence[str | None]
DATA_DIR = Path(os.environ.get("DATA_DIR") or Path.cwd().parent / "shared" / "data")
NAUGHTY = [
    *(
        "",
        " ",
        "  two  ",
        "NULL",
        "null",
        "~",
        "no",
        "Yes",
        "on",
        "1e3",
        "0123",
        "0x1F",
    ),
    *("12:30:45", "2024-01-01", ".5", "+1", "1_000", "<<", "=", "---", "...", "%TAG"),
    *(
        "- a",
        "a: b",
        "a #b",
        "{}",
        "[]",
        "&a",
        "*a",
        "!x",
        "|",
        ">",
        "@",
        "`",
        "?",
        ",",
    ),
    *(
        '"',
        '""',
        '"a"',
        "'",
        "\\",
        '\\"',
        "a,b",
        "a;b",
        "a|b",
        "a\tb",
        "a\nb",
        "a\r\nb",
    ),
    *(
        "\r",
        "\n",
        "\t",
        "a\rb",
        "<a>&amp;</a>",
        "]]>",
        "<!--",
        "\x00",
        "a\x00b",
        "\x01",
    ),
    *("\x0b\x0c\x1b\x1f", "\x7f", "\x80\x85\x9f", "\u2028\u2029", "\ufeff", "\ufeffid"),
    *(
        "\ufffe\uffff",
        "\ufffd",
        "\xa0",
        "\u200b\u202e",
        "🏳️‍🌈 𝕏",
        "Grüße 会社 שלום مرحبا",
    ),
    *("=1+1", "-1", "+1", "@SUM(A1)", "ID", "true", "NaN", "Infinity", "a" * 100_000),
]


@pytest.fixture(scope="session")
def naughty() -> list[str]:
    """The built-in list, and the large one where the data folder is there."""
    path = DATA_DIR / "naughty_strings.json"
    more = json.loads(path.read_text("utf-8")) if path.is_file() else []
    return [*NAUGHTY, *(text for text in more if text.isascii() or _has_utf8(text))]


def _has_utf8(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def column(name: str, kind: str = "text", *, label: str = "", scale: int = 2):
    return OutColumn(name, label or name, ColumnType(kind), scale=scale)


# One of each type.
COLUMNS = [
    column("id", "uuid"),
    column("name", label="Full name"),
    column("count", "integer"),
    column("fee", "decimal"),
    column("on", "date"),
    column("at", "datetime"),
    column("checks", "json"),
]


def blocks_of(rows: Iterable[Row], size: int = BLOCK_ROWS) -> Iterator[Block]:
    rows = list(rows)
    for start in range(0, len(rows), size):
        yield [list(cells) for cells in zip(*rows[start : start + size], strict=True)]


def renderer_of(
    format: str,  # noqa: A002 -- it is what users call it
    columns: Sequence[OutColumn],
    **context,
) -> Renderer:
    """:param context: fields of RenderContext; what is missing has a plain value."""
    made = RENDERERS[format]
    options = defaults_of(made) | context.pop("options", {})
    facts = {"dataset": "things", "title": "Things", "rows_expected": 0} | context
    return made(columns, RenderContext(options=options, **facts))


def defaults_of(made: type[Renderer]) -> dict:
    return {option.name: option.default for option in made.options}


@pytest.fixture(scope="session")
def render() -> Callable[..., bytes]:
    """``render("csv", columns, rows, size=7, options={...}) -> bytes``."""

    def rendered(
        format: str,  # noqa: A002 -- as above
        columns: Sequence[OutColumn],
        rows: Iterable[Row],
        *,
        size: int = BLOCK_ROWS,
        **context,
    ) -> bytes:
        rows = list(rows)
        renderer = renderer_of(format, columns, rows_expected=len(rows), **context)
        content = b"".join(renderer.render(blocks_of(rows, size)))
        assert renderer.rows_closed == len(rows)
        return content

    return rendered
