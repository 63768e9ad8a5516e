"""XML: one root, at its head ``metadata`` if asked for, then an element a row.

A column is an element of its row; a label that is no name of an element is kept in an
attribute ``name``. A null is ``xsi:nil="true"``, an empty text an empty element.
Characters that XML 1.0 forbids become U+FFFD, and are counted.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any, Final, NamedTuple

from exports.pipeline.columns import Block, Cells, ColumnType, OutColumn
from exports.pipeline.renderers.base import Option, RenderContext, Renderer
from exports.pipeline.renderers.json_rows import ENCODER
from exports.pipeline.renderers.xml_names import attribute, is_name, unique_names
from exports.pipeline.renderers.xml_values import NIL, escaped, nested

INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
CONTROLS: Final = bytes({*range(0x20)} - {*b"\t\n\r"})
FORBIDDEN: Final = re.compile(f"[{re.escape(CONTROLS.decode())}\ufffe\uffff]")
METADATA: Final = "metadata"
REMEMBERED: Final = 512
"""Characters of nested JSON that are not too long to be remembered."""


class Tag(NamedTuple):
    name: str
    attributes: str

    @property
    def opening(self) -> str:
        return f"<{self.name}{self.attributes}>"

    @property
    def closing(self) -> str:
        return f"</{self.name}>"

    @property
    def nil(self) -> str:
        return f"<{self.name}{self.attributes}{NIL}/>"


class Slot(NamedTuple):
    """A column of a block: what stands before, in and after it in each row."""

    before: str
    values: Sequence[str]
    after: str


class Xml(Renderer):
    extension = "xml"
    media_type = "application/xml"
    options = (
        Option("root", str, "export", "Name of the root element."),
        Option("row", str, "row", "Name of a row's element."),
    )

    def __init__(self, columns: Sequence[OutColumn], context: RenderContext) -> None:
        super().__init__(columns, context)
        self._root = context.options["root"]
        self._row = context.options["row"]
        self._tags = tags(columns)
        # Checks and the like repeat; the memory stays with this one file.
        self._nested = lru_cache(maxsize=2048)(nested)

    @classmethod
    def check_options(cls, options: Mapping[str, Any]) -> list[str]:
        faults = [
            f"{name}: must be a name for an XML element, without a colon"
            for name in ("root", "row")
            if not is_name(options[name])
        ]
        if options["row"] == METADATA:
            faults.append(f"row: must not be {METADATA}, which has a place of its own")
        return faults

    def begin(self) -> Iterable[bytes]:
        yield b'<?xml version="1.0" encoding="UTF-8"?>\n'
        yield f'<{self._root} xmlns:xsi="{INSTANCE}">\n'.encode()
        if self.context.metadata is not None:
            json = ENCODER.encode(self.context.metadata).decode()
            head = FORBIDDEN.sub("\ufffd", nested(METADATA, "", json))
            yield f"{head}\n".encode()

    def block(self, block: Block) -> Iterable[bytes]:
        slots = [
            self._slot(column, tag, cells)
            for column, tag, cells in zip(self.columns, self._tags, block, strict=True)
        ]
        content = self._written(slots)
        if not _is_allowed(content):
            content = self._written(self._replaced(slots))
        yield content
        self.rows_closed += len(block[0])

    def end(self) -> Iterable[bytes]:
        yield f"</{self._root}>\n".encode()

    def _slot(self, column: OutColumn, tag: Tag, cells: Cells) -> Slot:
        if column.type is ColumnType.JSON:
            return Slot("", [self._json(tag, cell) for cell in cells], "")
        cells = _escaped(cells)
        if None not in cells:
            return Slot(tag.opening, [cell or "" for cell in cells], tag.closing)
        opening, closing, nil = tag.opening, tag.closing, tag.nil
        written = [nil if c is None else f"{opening}{c}{closing}" for c in cells]
        return Slot("", written, "")

    def _json(self, tag: Tag, cell: str | None) -> str:
        if cell is None:
            return tag.nil
        write = self._nested if len(cell) <= REMEMBERED else nested
        return write(tag.name, tag.attributes, cell)

    def _written(self, slots: Iterable[Slot]) -> bytes:
        parts: list[Iterable[str]] = []
        between = f"<{self._row}>"
        for slot in slots:
            parts += (repeat(between + slot.before), slot.values)
            between = slot.after
        parts.append(repeat(f"{between}</{self._row}>\n"))
        # Not strict: the texts between never end.
        return "".join(map("".join, zip(*parts, strict=False))).encode()

    def _replaced(self, slots: Iterable[Slot]) -> Iterator[Slot]:
        for column, slot in zip(self.columns, slots, strict=True):
            pairs = [FORBIDDEN.subn("\ufffd", value) for value in slot.values]
            count = sum(replaced for _, replaced in pairs)
            self.context.tally.add(column.name, "replaced", count)
            yield slot._replace(values=[value for value, _ in pairs])


def tags(columns: Sequence[OutColumn]) -> list[Tag]:
    labels = [column.label for column in columns]
    return [
        Tag(name, "" if name == label else _allowed_attribute(label))
        for name, label in zip(unique_names(labels), labels, strict=True)
    ]


def _allowed_attribute(label: str) -> str:
    return FORBIDDEN.sub("\ufffd", attribute("name", label))


def _escaped(cells: Cells) -> Cells:
    text = "".join(filter(None, cells))
    if any(mark in text for mark in "&<>\r"):
        return [cell and escaped(cell) for cell in cells]
    return cells


def _is_allowed(content: bytes) -> bool:
    """Byte by byte, a search each: ten times as fast as one for any of them."""
    if any(control in content for control in CONTROLS):
        return False
    return b"\xef\xbf\xbe" not in content and b"\xef\xbf\xbf" not in content
