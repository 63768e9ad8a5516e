"""JSON: one object with ``metadata``, if asked for, ``columns`` and ``data``."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from exports.pipeline.columns import Block, OutColumn
from exports.pipeline.renderers.base import Option, RenderContext, Renderer
from exports.pipeline.renderers.json_rows import ENCODER, JsonRows


class Json(Renderer):
    extension = "json"
    media_type = "application/json"
    options = (
        Option("indent", int, 0, "Spaces a level; 0 is compact.", minimum=0, maximum=8),
    )

    def __init__(self, columns: Sequence[OutColumn], context: RenderContext) -> None:
        super().__init__(columns, context)
        self._indent = context.options["indent"]
        self._rows = JsonRows(columns)
        opening, self._closing = self._laid_out({"data": [0]}).split(b"0")
        self._opening = opening.rstrip()

    def begin(self) -> Iterable[bytes]:
        head: dict[str, Any] = {"columns": self._rows.labels}
        if self.context.metadata is not None:
            head = {"metadata": self.context.metadata} | head
        yield self._laid_out(head | {"data": []}).rpartition(b"]")[0]

    def block(self, block: Block) -> Iterable[bytes]:
        document = self._laid_out({"data": self._rows.of(block)})
        if self.rows_closed:
            yield b","
        yield document[len(self._opening) : -len(self._closing)]
        self.rows_closed += len(block[0])

    def end(self) -> Iterable[bytes]:
        yield (self._closing if self.rows_closed else self._closing.lstrip()) + b"\n"

    def _laid_out(self, document: dict[str, Any]) -> bytes:
        """A block's rows stand in a document of their own as deep as in the file."""
        compact = ENCODER.encode(document)
        if self._indent:
            return msgspec.json.format(compact, indent=self._indent)
        return compact
