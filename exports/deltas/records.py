"""A file of rows as the bytes of each, with its key and, of changes, its operation.

No row is parsed and written anew: what is put together are the bytes of the exports.
At most one row, and a piece of what is read at a time, is held of a file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

import msgspec

from exports.pipeline.changes import OPERATION
from exports.pipeline.columns import UPSERT
from exports.pipeline.renderers.csv import END

_PIECE: Final = 1 << 18
_BOM: Final = "\ufeff".encode()
_OPENED: Final = (
    re.escape(f'"{OPERATION.label}"'.encode()) + rb":\s*" + f'"{UPSERT}",'.encode()
)


class Malformed(Exception):
    """The file is not what its manifest says; the message tells where."""


@dataclass(frozen=True, slots=True)
class Record:
    """:ivar content: of a row as a full export has it; None: there is no such row."""

    key: str
    content: bytes | None


class Layout(Protocol):
    """What stands around the rows of a file, and between them.

    :ivar between: after each row but the last.
    """

    between: bytes

    def records(self, file: BinaryIO, *, changes: bool) -> Iterator[Record]:
        """:raises Malformed: these are not the rows of such a file."""

    def head(self, file: BinaryIO) -> bytes:
        """All before the first row of a full export, which is read from its start."""

    def opened(self) -> bytes:
        """What stands before the first row when there is one."""

    def closed(self, *, empty: bool) -> bytes:
        """All after the last row, or in its place."""


class Separated:
    """CSV and TSV.

    :param place: of the key among the columns of a full export.
    """

    between = b""

    def __init__(
        self, *, place: int, delimiter: str, bom: bool, has_labels: bool
    ) -> None:
        self._delimiter, self._bom = delimiter.encode(), bom
        self._has_labels, self._place = has_labels, place
        other = re.escape(self._delimiter)
        field = rb'(?:"[^"]*+(?:""[^"]*+)*+"|[^"\r\n' + other + rb"]*+)" + other
        self._keyed = re.compile(rb"(?:%b){%d}([0-9a-f-]{36})" % (field, place))

    def head(self, file: BinaryIO) -> bytes:
        bom = _BOM if self._bom else b""
        if file.read(len(bom)) != bom:
            raise Malformed("the byte order mark is missing")
        return bom + (next(_lines(file), b"") if self._has_labels else b"")

    def records(self, file: BinaryIO, *, changes: bool) -> Iterator[Record]:
        self.head(file)
        for line in _lines(file):
            yield self._change(line) if changes else Record(self._key(line), line)

    def opened(self) -> bytes:
        return b""

    def closed(self, *, empty: bool) -> bytes:
        del empty
        return b""

    def _change(self, line: bytes) -> Record:
        operation, _, row = line.partition(self._delimiter)
        is_there = operation == UPSERT.encode()
        return Record(self._key(row), row if is_there else None)

    def _key(self, row: bytes) -> str:
        found = self._keyed.match(row)
        if found is None:
            raise Malformed(f"a row has no key: {row[:80]!r}")
        return found[1].decode()


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Of rows that may hold line breaks, within quotes."""
    parts: list[bytes] = []
    quotes = 0
    for line in file:
        parts.append(line)
        quotes += line.count(b'"')
        if quotes % 2 == 0 and line.endswith(END.encode()):
            yield b"".join(parts)
            parts, quotes = [], 0
    if parts:
        raise Malformed("it ends within a row")


class Lines:
    """NDJSON."""

    between = b""

    def __init__(self, *, label: str) -> None:
        self._label = label

    def head(self, file: BinaryIO) -> bytes:
        del file
        return b""

    def records(self, file: BinaryIO, *, changes: bool) -> Iterator[Record]:
        for line in file:
            yield _of_object(line, self._label, changes=changes)

    def opened(self) -> bytes:
        return b""

    def closed(self, *, empty: bool) -> bytes:
        del empty
        return b""


class Document:
    """JSON: one object, whose last field is the list of rows."""

    def __init__(self, *, label: str, indent: int) -> None:
        self._label = label
        newline = b"\n" if indent else b""
        self._row = newline + b" " * (2 * indent)
        self._list = newline + b" " * indent
        self._end = b"]" + newline + b"}\n"
        self.between = b"," + self._row

    def head(self, file: BinaryIO) -> bytes:
        """Up to the bracket of the rows: the second, after that of the columns."""
        text, brackets = _Text(file), 0
        while brackets < 2:
            brackets += text.token() == b"["
        return text.taken()

    def records(self, file: BinaryIO, *, changes: bool) -> Iterator[Record]:
        text, depth, brackets = _Text(file), 0, 0
        while brackets < 2:
            brackets += text.token() == b"["
        text.taken()
        while (token := text.token()) != b"]" or depth:
            depth += (token == b"{") - (token == b"}")
            if token == b"}" and depth == 0:
                row = text.taken().lstrip(b", \n")
                yield _of_object(row, self._label, changes=changes)

    def opened(self) -> bytes:
        return self._row

    def closed(self, *, empty: bool) -> bytes:
        return self._end if empty else self._list + self._end


class _Text:
    """JSON, token by token: brackets, braces, and texts, in which they mean nothing."""

    _TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]|"', re.DOTALL)

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._buffer = b""
        self._start = self._at = 0

    def token(self) -> bytes:
        """The next; a text is told as its quote.

        :raises Malformed: there is none.
        """
        while True:
            found = self._TOKEN.search(self._buffer, self._at)
            # A lone quote opens a text that goes on beyond what has been read.
            if found is not None and found[0] != b'"':
                self._at = found.end()
                return found[0][:1]
            if found is None:
                self._at = len(self._buffer)
            self._read_on()

    def taken(self) -> bytes:
        """All since it was last asked for."""
        start, self._start = self._start, self._at
        return self._buffer[start : self._at]

    def _read_on(self) -> None:
        # Twice as much each time: a long row is not looked through again and again.
        held = len(self._buffer) - self._start
        piece = self._file.read(max(_PIECE, held))
        if not piece:
            raise Malformed("it ends within the rows")
        self._buffer = self._buffer[self._start :] + piece
        self._at -= self._start
        self._start = 0


def _of_object(row: bytes, label: str, *, changes: bool) -> Record:
    try:
        key = msgspec.json.decode(row)[label]
    except (msgspec.DecodeError, KeyError, TypeError) as error:
        raise Malformed(f"a row has no key: {row[:80]!r}") from error
    if not changes:
        return Record(str(key), row)
    content, count = re.subn(rb"\A(\{\s*)" + _OPENED + rb"\s*", rb"\1", row)
    return Record(str(key), content if count else None)
