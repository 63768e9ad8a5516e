"""YAML that reads the same under 1.1 and 1.2: block lists of JSON-like flow rows.

Text is always quoted, so ``no``, ``1e3``, ``0123`` and dates stay text; null and
numbers are bare.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec

from exports.pipeline.columns import Block, Cells, ColumnType, OutColumn
from exports.pipeline.renderers.base import RenderContext, Renderer
from exports.pipeline.renderers.json_rows import BARE, ENCODER

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
# One of these is in the bytes of each unsafe character, and of few others.
SUSPECT: Final = (b"\x7f", b"\xc2", b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\xef")


class Yaml(Renderer):
    extension = "yaml"
    media_type = "application/yaml"

    def __init__(self, columns: Sequence[OutColumn], context: RenderContext) -> None:
        super().__init__(columns, context)
        self._labels = [column.label for column in columns]
        keys = [_flow({label: 0}) for label in self._labels]
        cells = [key[1:-2].replace(b"%", b"%%") + b"%b" for key in keys]
        self._line = b"- {%b}\n" % b", ".join(cells)

    def begin(self) -> Iterable[bytes]:
        if self.context.metadata is not None:
            yield from _metadata(self.context.metadata)
        yield b"columns:\n"
        yield b"".join([b"- %b\n" % _flow(label) for label in self._labels])

    def block(self, block: Block) -> Iterable[bytes]:
        if not self.rows_closed:
            yield b"data:\n"
        columns = [
            _written(column, cells)
            for column, cells in zip(self.columns, block, strict=True)
        ]
        yield b"".join(map(self._line.__mod__, zip(*columns, strict=True)))
        self.rows_closed += len(block[0])

    def end(self) -> Iterable[bytes]:
        if not self.rows_closed:
            yield b"data: []\n"


def _written(column: OutColumn, cells: Cells) -> list[bytes]:
    """By columns: of the texts of a block, one call writes all."""
    if column.type not in BARE:
        return _escaped(ENCODER.encode_lines(cells)).split(b"\n")[:-1]
    of = _nested if column.type is ColumnType.JSON else str.encode
    return [b"null" if cell is None else of(cell) for cell in cells]


def _nested(json: str) -> bytes:
    """Few differ, as a rule; those that are long are not worth their memory."""
    return _nested_again(json) if len(json) <= LONG else _spaced_json(json)


def _spaced_json(json: str) -> bytes:
    if MAYBE_EXPONENT.search(json):
        json = EXPONENT.sub(_pointed, json)
    return _spaced(_escaped(json.encode()))


_nested_again: Final = lru_cache(maxsize=4096)(_spaced_json)


def _metadata(metadata: Mapping[str, Any]) -> Iterator[bytes]:
    yield b"metadata:\n" if metadata else b"metadata: {}\n"
    for key, value in metadata.items():
        yield b"  %b: %b\n" % (_flow(key), _flow(value))


def _flow(value: Any) -> bytes:
    return _spaced_json(ENCODER.encode(value).decode())


def _spaced(json: bytes) -> bytes:
    """A space after each comma and colon, as YAML 1.1 wants it."""
    spaced = msgspec.json.format(json, indent=0)
    return KEY.sub(_announced, spaced) if len(spaced) > LONG else spaced


def _announced(found: re.Match[bytes]) -> bytes:
    is_long_key = found[2] is not None and len(found[1]) > LONG
    return b"? %b : " % found[1] if is_long_key else found[0]


def _pointed(found: re.Match[str]) -> str:
    whole, decimals, sign, power = found.groups()
    if whole is None:
        return found[0]
    return f"{whole}{decimals or '.0'}e{sign or '+'}{power}"


def _escaped(json: bytes) -> bytes:
    if not any(byte in json for byte in SUSPECT):
        return json
    text = json.decode()
    if not any(char in text for char in UNSAFE):
        return json
    return text.translate(ESCAPES).encode()
