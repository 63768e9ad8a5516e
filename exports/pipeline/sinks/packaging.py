"""How a rendered file is wrapped before it is stored or sent, and what it is called."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from exports.pipeline.sinks.checksum import Receipt
from exports.pipeline.sinks.compress import COMPRESSORS, Chunks, zip_archive
from exports.pipeline.sinks.encrypt import ENCRYPTORS, METHODS, ZIP

_WRAPPED: Final = {
    "gzip": (".gz", "application/gzip"),
    "zstd": (".zst", "application/zstd"),
    "zip": (".zip", "application/zip"),
}


@dataclass(frozen=True, slots=True)
class Packaging:
    """:ivar stem: name of the file inside an archive, without extension.

    :ivar beside: metadata for a ``.meta.json`` beside the file, in a ZIP.

    :ivar encryption: what a password does, by its name in ``METHODS``.

    :ivar scratch_bytes: at most, of a file that is built before it is encrypted.
    """

    stem: str
    extension: str
    media_type: str
    compression: str | None = None
    beside: Mapping[str, Any] | None = None
    password: str | None = field(default=None, repr=False)
    encryption: str = ZIP
    scratch_bytes: int | None = None

    @property
    def file_extension(self) -> str:
        """Of the file as stored, without its first point: ``csv.gz``."""
        if self.beside is not None:
            return "zip"
        suffix, _ = _WRAPPED.get(self.compression or "", ("", ""))
        locked = ".zip" if self._locks_archive and suffix != ".zip" else ""
        return f"{self.extension}{suffix}{locked}"

    @property
    def content_type(self) -> str:
        if self.beside is not None or self._locks_archive:
            return "application/zip"
        return _WRAPPED.get(self.compression or "", ("", self.media_type))[1]

    @property
    def _locks_archive(self) -> bool:
        """Its password is that of an archive, not of the format itself."""
        return self.password is not None and not METHODS[self.encryption].inside

    def wrap(self, chunks: Chunks) -> Iterator[bytes]:
        """:raises SizeExceeded: what has to be built first is larger than it may be."""
        if self.password is not None and not self._locks_archive:
            built = Receipt(limit=self.scratch_bytes).passing(chunks)
            return ENCRYPTORS[self.encryption](built, self.password)
        return self._archived(chunks)

    def _archived(self, chunks: Chunks) -> Iterator[bytes]:
        name = f"{self.stem}.{self.extension}"
        if self.compression in COMPRESSORS:
            chunks = COMPRESSORS[self.compression](chunks)
            name += _WRAPPED[self.compression][0]
        if self.beside is not None:
            text = json.dumps(self.beside, ensure_ascii=False, indent=2)
            meta = (f"{name}.meta.json", [text.encode()])
            return zip_archive([(name, chunks), meta], password=self.password)
        if self.compression == "zip" or self.password is not None:
            return zip_archive([(name, chunks)], password=self.password)
        return iter(chunks)
