"""How a rendered file is wrapped before it is stored or sent, and what it is called."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from exports.pipeline.sinks.compress import COMPRESSORS, Chunks, zip_archive

_WRAPPED: Final = {
    "gzip": (".gz", "application/gzip"),
    "zstd": (".zst", "application/zstd"),
    "zip": (".zip", "application/zip"),
}


@dataclass(frozen=True, slots=True)
class Packaging:
    """:ivar stem: name of the file inside an archive, without extension.

    :ivar beside: metadata for a ``.meta.json`` beside the file, in a ZIP.
    """

    stem: str
    extension: str
    media_type: str
    compression: str | None = None
    beside: Mapping[str, Any] | None = None

    @property
    def file_extension(self) -> str:
        """Of the file as stored, without its first point: ``csv.gz``."""
        if self.beside is not None:
            return "zip"
        suffix, _ = _WRAPPED.get(self.compression or "", ("", ""))
        return f"{self.extension}{suffix}"

    @property
    def content_type(self) -> str:
        if self.beside is not None:
            return "application/zip"
        return _WRAPPED.get(self.compression or "", ("", self.media_type))[1]

    def wrap(self, chunks: Chunks) -> Iterator[bytes]:
        name = f"{self.stem}.{self.extension}"
        if self.compression in COMPRESSORS:
            chunks = COMPRESSORS[self.compression](chunks)
            name += _WRAPPED[self.compression][0]
        if self.beside is not None:
            text = json.dumps(self.beside, ensure_ascii=False, indent=2)
            meta = (f"{name}.meta.json", [text.encode()])
            return zip_archive([(name, chunks), meta])
        if self.compression == "zip":
            return zip_archive([(name, chunks)])
        return iter(chunks)
