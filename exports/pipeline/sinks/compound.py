"""The compound file (MS-CFB, version 3) that holds an encrypted workbook, as a stream.

Its one large stream has a known length and comes first; the small ones follow it, since
one of them proves the large one.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from struct import pack
from typing import Final

from exports.errors import SizeExceeded

_MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_SECTOR: Final = 512
_SMALL_SECTOR: Final = 64
CUTOFF: Final = 4096
"""Bytes; a shorter stream has to lie among the small ones."""
_LARGEST: Final = 1 << 31
_IN_HEADER: Final = 109
"""Sectors of the allocation table that the header itself can name."""
_TABLE, _TABLE_OF_TABLES, _END, _NOTHING = (
    *(0xFFFFFFFD, 0xFFFFFFFC, 0xFFFFFFFE, 0xFFFFFFFF),
)
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_AT_ONCE: Final = 1 << 16

LARGE: Final = "EncryptedPackage"
INFO: Final = "EncryptionInfo"
VERSION, MAP = "Version", "DataSpaceMap"
SPACE, PRIMARY = "StrongEncryptionDataSpace", "\x06Primary"


@dataclass(frozen=True, slots=True)
class _Entry:
    """Of the directory: siblings form a tree ordered by length, then by name."""

    name: str
    kind: int
    left: int = _NOTHING
    right: int = _NOTHING
    child: int = _NOTHING
    color: int = _BLACK


_DIRECTORY: Final = (
    _Entry("Root Entry", _ROOT, child=2),
    _Entry(LARGE, _STREAM),
    _Entry(INFO, _STREAM, left=3, right=1),
    _Entry("\x06DataSpaces", _STORAGE, child=5),
    _Entry(VERSION, _STREAM),
    _Entry(MAP, _STREAM, left=4, right=6),
    _Entry("DataSpaceInfo", _STORAGE, right=7, child=8),
    _Entry("TransformInfo", _STORAGE, child=9, color=_RED),
    _Entry(SPACE, _STREAM),
    _Entry("StrongEncryptionTransform", _STORAGE, child=10),
    _Entry(PRIMARY, _STREAM),
)
_EMPTY: Final = pack("<68xIII48x", _NOTHING, _NOTHING, _NOTHING)
_SMALL: Final = tuple(
    entry.name for entry in _DIRECTORY if entry.kind == _STREAM and entry.name != LARGE
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where what begins, in sectors, in the order of the file."""

    large_bytes: int
    small_bytes: Mapping[str, int]

    @property
    def parts(self) -> tuple[int, int, int, int]:
        """Sectors of the large stream, the small ones, their table, the directory."""
        small = sum(map(_small_sectors, self.small_bytes.values()))
        return (
            ceil(self.large_bytes / _SECTOR),
            ceil(small * _SMALL_SECTOR / _SECTOR),
            ceil(small * 4 / _SECTOR),
            ceil(len(_DIRECTORY) * 128 / _SECTOR),
        )

    def tables(self) -> tuple[int, int]:
        """Sectors of the allocation table, and of the table of its sectors."""
        table = above = 0
        while True:
            needed = ceil((table + above + sum(self.parts)) * 4 / _SECTOR)
            beyond = ceil(max(needed - _IN_HEADER, 0) / (_SECTOR // 4 - 1))
            if (needed, beyond) == (table, above):
                return table, above
            table, above = needed, beyond

    def starts(self) -> list[int]:
        """Of each of ``parts``, and of what would follow them."""
        places = [sum(self.tables())]
        for sectors in self.parts:
            places.append(places[-1] + sectors)
        return places


def compound(
    large: Iterable[bytes], size: int, small: Callable[[], Mapping[str, bytes]]
) -> Iterator[bytes]:
    """:param small: asked for lengths first, and for content after ``large``.

    :raises SizeExceeded: a compound file has no room for it.
    """
    if size < CUTOFF:
        raise ValueError(f"a large stream has {CUTOFF} bytes at least")
    if size > _LARGEST:
        raise SizeExceeded("a workbook with a password can be of 2 GiB at most")
    lengths = {name: len(content) for name, content in small().items()}
    layout = _Layout(size, {name: lengths[name] for name in _SMALL})
    yield _header(layout)
    yield from _allocation(layout)
    yield from _table_of_tables(layout)
    yield from large
    yield bytes(-size % _SECTOR)
    contents = small()
    packed = b"".join(_filled(contents[name], _SMALL_SECTOR) for name in _SMALL)
    yield _filled(packed, _SECTOR)
    yield _filled(_small_table(layout), _SECTOR, b"\xff")
    yield _filled(_directory(layout), _SECTOR, _EMPTY)


def _header(layout: _Layout) -> bytes:
    table, above = layout.tables()
    _, _, small_table, directory, _ = layout.starts()
    named = [*range(min(table, _IN_HEADER))]
    return (
        _MAGIC
        + pack("<16xHHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        + pack("<III4xI", 0, table, directory, CUTOFF)
        + pack("<II", small_table, layout.parts[2])
        + pack("<II", table if above else _END, above)
        + pack(f"<{_IN_HEADER}I", *named, *[_NOTHING] * (_IN_HEADER - len(named)))
    )


def _allocation(layout: _Layout) -> Iterator[bytes]:
    """For each sector the one that follows it."""
    table, above = layout.tables()
    yield _words([_TABLE] * table + [_TABLE_OF_TABLES] * above)
    starts = layout.starts()
    for start, after in pairwise(starts):
        for first in range(start + 1, after, _AT_ONCE):
            yield _words(range(first, min(first + _AT_ONCE, after)))
        yield _words([_END])
    yield _words([_NOTHING] * (table * _SECTOR // 4 - starts[-1]))


def _table_of_tables(layout: _Layout) -> Iterator[bytes]:
    """The sectors of the allocation table that the header has no room for."""
    table, above = layout.tables()
    each = _SECTOR // 4 - 1
    for place in range(above):
        first = _IN_HEADER + place * each
        named = [*range(first, min(first + each, table))]
        following = table + place + 1 if place + 1 < above else _END
        yield _words([*named, *[_NOTHING] * (each - len(named)), following])


def _small_table(layout: _Layout) -> bytes:
    words: list[int] = []
    for size in layout.small_bytes.values():
        here, count = len(words), _small_sectors(size)
        words += [*range(here + 1, here + count), _END]
    return _words(words)


def _directory(layout: _Layout) -> bytes:
    starts = layout.starts()
    places = {"Root Entry": starts[1], LARGE: starts[0]}
    sizes = {LARGE: layout.large_bytes} | dict(layout.small_bytes)
    used = 0
    for name, size in layout.small_bytes.items():
        places[name] = used
        used += _small_sectors(size)
    sizes["Root Entry"] = used * _SMALL_SECTOR
    return b"".join(
        _shown(entry, places.get(entry.name, 0), sizes.get(entry.name, 0))
        for entry in _DIRECTORY
    )


def _shown(entry: _Entry, start: int, size: int) -> bytes:
    name = entry.name.encode("utf-16-le") + b"\0\0"
    tree = (entry.left, entry.right, entry.child)
    # No class, no state, and no times: they would be a clock in the bytes.
    return (
        pack("<64sHBB", name, len(name), entry.kind, entry.color)
        + pack("<III36x", *tree)
        + pack("<IQ", start, size)
    )


def _small_sectors(size: int) -> int:
    return ceil(size / _SMALL_SECTOR)


def _filled(content: bytes, size: int, mark: bytes = b"\0") -> bytes:
    missing = -len(content) % size
    return content + mark * (missing // len(mark))


def _words(values: Iterable[int]) -> bytes:
    # Little-endian, as every machine is that the bytes' equality is promised for.
    return array("I", values).tobytes()
