"""NDJSON: a compact JSON object a line."""

from collections.abc import Iterable, Sequence

from exports.pipeline.columns import Block, OutColumn
from exports.pipeline.renderers.base import RenderContext, Renderer
from exports.pipeline.renderers.json_rows import ENCODER, JsonRows


class Ndjson(Renderer):
    extension = "ndjson"
    media_type = "application/x-ndjson"
    embeds_metadata = False

    def __init__(self, columns: Sequence[OutColumn], context: RenderContext) -> None:
        super().__init__(columns, context)
        self._rows = JsonRows(columns)

    def block(self, block: Block) -> Iterable[bytes]:
        yield ENCODER.encode_lines(self._rows.of(block))
        self.rows_closed += len(block[0])
