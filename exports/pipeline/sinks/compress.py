"""Compression of a stream, byte-equal whatever sizes the chunks come in.

A compressor's output depends on how its input is cut, so it sees blocks of one size.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from stat import S_IFREG
from typing import Any, Final, TypeAlias, cast

import stream_zip
import zstandard
from isal import isal_zlib

BLOCK_BYTES: Final = 1 << 20
# The oldest moment a ZIP can hold: no clock in the bytes.
EPOCH: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - a ZIP's times have no zone
_MODE: Final = S_IFREG | 0o644
Chunks: TypeAlias = Iterable[bytes]


def in_blocks(chunks: Chunks, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """The same bytes in blocks of ``size``, the last one shorter."""
    pending = bytearray()
    for chunk in chunks:
        pending += chunk
        while len(pending) >= size:
            yield bytes(pending[:size])
            del pending[:size]
    if pending:
        yield bytes(pending)


def gzip(chunks: Chunks) -> Iterator[bytes]:
    return _through(isal_zlib.compressobj(level=2, wbits=31), chunks)


def zstd(chunks: Chunks) -> Iterator[bytes]:
    return _through(zstandard.ZstdCompressor(level=3).compressobj(), chunks)


def zip_archive(
    members: Iterable[tuple[str, Chunks]], *, password: str | None = None
) -> Iterator[bytes]:
    """An archive of (name, chunks) members, written as they are read.

    :param password: encrypts each of them, by AES-256 (AE-2).
    """
    files = (
        (name, EPOCH, _MODE, stream_zip.ZIP_AUTO(1 << 40), in_blocks(chunks))
        for name, chunks in members
    )
    archive: Iterator[bytes] = iter(
        stream_zip.stream_zip(
            files,
            get_compressobj=_deflate,
            extended_timestamps=False,
            # As bytes: of a text all beyond Latin-1 would be refused.
            password=None if password is None else cast("str", password.encode()),
        )
    )
    return archive


def _deflate() -> Any:
    return isal_zlib.compressobj(level=2, wbits=-15)


def _through(compressor: Any, chunks: Chunks) -> Iterator[bytes]:
    packed: Iterator[bytes] = map(compressor.compress, in_blocks(chunks))
    return filter(None, chain(packed, _flushed(compressor)))


def _flushed(compressor: Any) -> Iterator[bytes]:
    yield compressor.flush()


COMPRESSORS: Final[dict[str, Callable[[Chunks], Iterator[bytes]]]] = {
    "gzip": gzip,
    "zstd": zstd,
}
