"""Parquet: typed columns, zstd, row groups of one fixed length."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from exports.errors import ExportError
from exports.pipeline.columns import Block, Cells, ColumnType, OutColumn
from exports.pipeline.renderers.base import Renderer
from exports.pipeline.renderers.row_feed import RowFeed

GROUP_ROWS: Final = 65_536
DECIMAL_DIGITS: Final = 38
_PIECE_ROWS: Final = 4096
_TYPES: Final = {
    ColumnType.TEXT: pa.string(),
    ColumnType.UUID: pa.string(),
    ColumnType.JSON: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.DATE: pa.date32(),
}
# Gives back what it no longer needs, where Arrow's default keeps it.
_POOL: Final = pa.system_memory_pool()
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


class Parquet(Renderer):
    extension = "parquet"
    media_type = "application/vnd.apache.parquet"
    compressed_inside = True

    def render(self, blocks: Iterable[Block]) -> Iterator[bytes]:
        """:raises ExportError: for a cell that its column's type cannot hold."""
        # A row group is pulled together from blocks, so the hooks have no place here.
        feed, sink = RowFeed(blocks), _Sink()
        written: list[pq.FileMetaData] = []
        schema = _schema(self.columns, metadata=self.context.metadata)
        with pq.ParquetWriter(
            sink,
            schema,
            compression="zstd",
            memory_pool=_POOL,
            metadata_collector=written,
        ) as writer:
            while group := self._row_group(feed):
                table = pa.Table.from_arrays(group, schema=schema)
                writer.write_table(table, row_group_size=GROUP_ROWS)
                yield sink.drain()
        self.rows_closed = written[0].num_rows
        yield sink.drain()

    def _row_group(self, feed: RowFeed) -> list[pa.Array]:
        """A column each, or none: the rows have ended."""
        # As Arrow's text a group needs a fifth of what it needs as Python's.
        parts = []
        for _ in range(GROUP_ROWS // _PIECE_ROWS):
            if not (block := feed.take(_PIECE_ROWS)):
                break
            parts.append(list(map(self._as_arrow_text, self.columns, block)))
        if not parts:
            return []
        # One piece a column: where pieces end would show in the file's bytes.
        return [
            _typed(column, texts=pa.concat_arrays(pieces, memory_pool=_POOL))
            for column, pieces in zip(
                self.columns, zip(*parts, strict=True), strict=True
            )
        ]

    def _as_arrow_text(self, column: OutColumn, cells: Cells) -> pa.Array:
        try:
            return pa.array(cells, pa.string(), memory_pool=_POOL)
        except UnicodeEncodeError:
            return pa.array([self._replaced(column, cell) for cell in cells])

    def _replaced(self, column: OutColumn, cell: str | None) -> str | None:
        """Half of a surrogate pair is no character, and has no UTF-8."""
        if cell is None:
            return None
        clean, replacements = _SURROGATES.subn("\ufffd", cell)
        self.context.tally.add(column.name, "replaced", replacements > 0)
        return clean


class _Sink:
    """A file that is emptied as it is written."""

    closed = False

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def write(self, chunk: bytes) -> int:
        self._chunks.append(bytes(chunk))
        return len(chunk)

    def drain(self) -> bytes:
        chunks, self._chunks = self._chunks, []
        return b"".join(chunks)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing to let go of."""


def _schema(
    columns: Sequence[OutColumn], *, metadata: Mapping[str, Any] | None
) -> pa.Schema:
    fields = [pa.field(column.label, _arrow_type(column)) for column in columns]
    return pa.schema(fields, metadata=_key_values(metadata))


def _key_values(metadata: Mapping[str, Any] | None) -> dict[str, bytes] | None:
    if metadata is None:
        return None
    return {
        key: msgspec.json.encode(value, order="sorted")
        for key, value in metadata.items()
    }


def _arrow_type(column: OutColumn) -> pa.DataType:
    match column.type:
        case ColumnType.DECIMAL:
            return pa.decimal128(DECIMAL_DIGITS, column.scale)
        case ColumnType.DATETIME:
            return pa.timestamp("us", tz=column.zone)
        case _:
            return _TYPES[column.type]


def _typed(column: OutColumn, *, texts: pa.Array) -> pa.Array:
    wanted = _arrow_type(column)
    # Arrow's own message holds the cell, so it goes no further than the log.
    message = f"column '{column.label}' has a value that is no {wanted}"
    # Arrow 26 makes some other number of a text of more digits, without a word.
    if column.type is ColumnType.DECIMAL and _most_digits(texts) > DECIMAL_DIGITS:
        raise ExportError(message)
    try:
        return pc.cast(texts, wanted, memory_pool=_POOL)
    except pa.ArrowInvalid as error:
        raise ExportError(message) from error


def _most_digits(texts: pa.Array) -> int:
    digits = pc.replace_substring_regex(texts, r"[-.]", "", memory_pool=_POOL)
    return pc.max(pc.binary_length(digits)).as_py() or 0
