"""YAML that reads the same under 1.1 and 1.2: block lists of JSON-like flow rows.

Text is always quoted, so ``no``, ``1e3``, ``0123`` and dates stay text; null and
numbers are bare.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from exports.pipeline.columns import Block, Cells, ColumnType, OutColumn
from exports.pipeline.renderers.base import RenderContext, Renderer
from exports.pipeline.renderers.json_rows import ENCODER, JsonRows

# What JSON may hold as it is and YAML may not, or folds. It all stands within quotes.
UNSAFE: Final = [*map(chr, range(0x7F, 0xA0)), *"\u2028\u2029\ufeff\ufffe\uffff"]
ESCAPES: Final = str.maketrans({char: f"\\u{ord(char):04x}" for char in UNSAFE})
STRING: Final = r'"(?:[^"\\]|\\.)*"'
# YAML 1.1 takes a number with an exponent for text unless it has a point and a sign.
EXPONENT: Final = re.compile(rf"{STRING}|(-?[0-9]+)(\.[0-9]+)?[eE]([-+]?)([0-9]+)")
MAYBE_EXPONENT: Final = re.compile(r"[0-9][eE][-+0-9]")
# Keys over 1024 characters must be announced by a question mark.
KEY: Final = re.compile(rf"({STRING})(: )?".encode())
LONG: Final = 1000


class Yaml(Renderer):
    extension = "yaml"
    media_type = "application/yaml"

    def __init__(self, columns: Sequence[OutColumn], context: RenderContext) -> None:
        super().__init__(columns, context)
        self._rows = JsonRows(columns)

    def begin(self) -> Iterable[bytes]:
        if self.context.metadata is not None:
            yield from _metadata(self.context.metadata)
        yield b"columns:\n"
        yield b"".join([b"- %b\n" % _flow(label) for label in self._rows.labels])

    def block(self, block: Block) -> Iterable[bytes]:
        if not self.rows_closed:
            yield b"data:\n"
        cells = [
            _with_points(cells) if column.type is ColumnType.JSON else cells
            for column, cells in zip(self.columns, block, strict=True)
        ]
        lines = _escaped(ENCODER.encode_lines(self._rows.of(cells))).splitlines()
        yield b"".join([b"- %b\n" % _spaced(line) for line in lines])
        self.rows_closed += len(block[0])

    def end(self) -> Iterable[bytes]:
        if not self.rows_closed:
            yield b"data: []\n"


def _metadata(metadata: Mapping[str, Any]) -> Iterator[bytes]:
    yield b"metadata:\n" if metadata else b"metadata: {}\n"
    for key, value in metadata.items():
        yield b"  %b: %b\n" % (_flow(key), _flow(value))


def _flow(value: Any) -> bytes:
    [json] = _with_points([ENCODER.encode(value).decode()])
    return _spaced(_escaped((json or "").encode()))


def _spaced(json: bytes) -> bytes:
    """A space after each comma and colon, as YAML 1.1 wants it."""
    spaced = msgspec.json.format(json, indent=0)
    return KEY.sub(_announced, spaced) if len(spaced) > LONG else spaced


def _announced(found: re.Match[bytes]) -> bytes:
    is_long_key = found[2] is not None and len(found[1]) > LONG
    return b"? %b : " % found[1] if is_long_key else found[0]


def _with_points(cells: Cells) -> Cells:
    return [
        EXPONENT.sub(_pointed, cell) if cell and MAYBE_EXPONENT.search(cell) else cell
        for cell in cells
    ]


def _pointed(found: re.Match[str]) -> str:
    whole, decimals, sign, power = found.groups()
    if whole is None:
        return found[0]
    return f"{whole}{decimals or '.0'}e{sign or '+'}{power}"


def _escaped(json: bytes) -> bytes:
    if json.isascii() and b"\x7f" not in json:
        return json
    text = json.decode()
    if not any(char in text for char in UNSAFE):
        return json
    return text.translate(ESCAPES).encode()
