"""Small tables for the binary formats: written by ours, read by others' readers."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from exports.pipeline.columns import Block, Cells, ColumnType, OutColumn
from exports.pipeline.renderers.base import RenderContext, Renderer

BLOCK_ROWS = 4096
DATA_DIR = Path(os.environ.get("DATA_DIR") or Path.cwd().parent / "shared" / "data")
FORMULAS = [
    *("=1+1", "+1+1", "-1+1", "@SUM(1)", "#REF!", "=cmd|' /C calc'!A0", "\t=1", "\r=1"),
    *('=HYPERLINK("http://example.com")', "\\\\host\\share", "file:///etc/passwd"),
    *("{=1+1}", "'=1+1", "\x00=1+1", "\ufeff=1+1", "\uff1d1+1", "%0A=1", "|calc"),
]
STRANGE = [
    *(
        "",
        " ",
        "  two  ",
        "\n",
        "a\nb",
        "a\r\nb",
        "\ta\t",
        "a\x0bb",
        "\x00",
        "\x08\x1f",
    ),
    *(
        "_x0008_",
        "_x0041\x08",
        "_x000D_x000A_",
        "_x005F_",
        "_",
        "_x",
        "_xZZZZ_",
        "__x0041_",
    ),
    *(
        "<a>",
        "&amp;",
        "]]>",
        "\"'",
        "0123",
        "1e3",
        "TRUE",
        "NaN",
        "2024-01-01",
        "\x7f\x85",
    ),
    *(
        "Zoë Ωmega",
        "日本語",
        "مرحبا",
        "e\u0301",
        "\u200b",
        "\u2028",
        "\ufdd0",
        "👩\u200d🚀",
        "\U0010ffff",
    ),
]


def naughty() -> list[str]:
    """The lists above, and the large ones where the data folder is there."""
    strings, payloads = (
        DATA_DIR / name
        for name in ("naughty_strings.json", "csv_injection_payloads.txt")
    )
    more = json.loads(strings.read_text("utf-8")) if strings.is_file() else []
    lines = payloads.read_text("utf-8").splitlines() if payloads.is_file() else []
    return [*FORMULAS, *STRANGE, *more, *lines]


def column(name: str, kind: str = "text", **facts) -> OutColumn:
    return OutColumn(name, facts.pop("label", name), ColumnType(kind), **facts)


def blocks_of(table: Sequence[Cells], rows: int = BLOCK_ROWS) -> Iterator[Block]:
    """:param table: columns of equal length."""
    for start in range(0, len(table[0]), rows):
        yield [cells[start : start + rows] for cells in table]


def renderer_of(
    made: type[Renderer], columns: Sequence[OutColumn], **context
) -> Renderer:
    facts = {"dataset": "things", "title": "Things", "options": {}} | context
    return made(columns, RenderContext(**facts))


def written(
    made: type[Renderer],
    columns: Sequence[OutColumn],
    table: Sequence[Cells],
    *,
    block_rows: int = BLOCK_ROWS,
    **context,
) -> bytes:
    """The whole file; its renderer must have closed it with all the rows."""
    renderer = renderer_of(made, columns, rows_expected=len(table[0]), **context)
    content = b"".join(renderer.render(blocks_of(table, block_rows)))
    assert renderer.rows_closed == len(table[0])
    return content


def endless(cells: Cells, *, rows: int, blocks: int) -> Iterable[Block]:
    """Blocks of one row repeated."""
    block = [[cell] * rows for cell in cells]
    return (block for _ in range(blocks))
