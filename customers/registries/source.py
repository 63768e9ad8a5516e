"""Reading a CSV file row by row: its header first, what is unusable counted."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self, TypeAlias

# A row as the file has it: column -> text.
Row: TypeAlias = Mapping[str, str]
# Told how many bytes further the reader is.
Progress: TypeAlias = Callable[[int], object]

BATCH: Final = 1000
_KEPT: Final = 1000


class WrongFile(ValueError):
    """Not a file of that kind; nothing of it has been written."""


class Skip(ValueError):
    """One row that cannot be used; its message says why."""


@dataclass(frozen=True, slots=True)
class Skipped:
    line: int
    reason: str


@dataclass(slots=True)
class Outcome:
    """How a file went; ``skipped`` names the first thousand, ``reasons`` counts all."""

    read: int = 0
    written: Counter[str] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def skip(self, line: int, reason: str) -> None:
        self.reasons[reason] += 1
        if len(self.skipped) < _KEPT:
            self.skipped.append(Skipped(line, reason))


class Source:
    """A CSV file; as a context it is open, with its header read.

    :raises WrongFile: when it is no UTF-8 text, or a needed column is not there.
    """

    def __init__(
        self,
        path: Path,
        *,
        outcome: Outcome,
        progress: Progress | None = None,
        delimiter: str = ",",
    ) -> None:
        self._path = path
        self._outcome = outcome
        self._progress = progress or (lambda _: None)
        self._delimiter = delimiter
        self._told = 0

    def __enter__(self) -> Self:
        try:
            self._raw = self._path.open("rb")
        except OSError as error:
            raise WrongFile(f"{self._path.name}: {error.strerror}") from error
        self._text = io.TextIOWrapper(self._raw, encoding="utf-8-sig", newline="")
        self._reader = csv.reader(self._text, delimiter=self._delimiter, strict=True)
        try:
            # Some releases have a blank before a column's name.
            self.header = [name.strip() for name in next(self._cells(), [])]
        except WrongFile:
            self._text.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._text.close()

    def require(self, columns: Iterable[str]) -> None:
        """:raises WrongFile: naming those that the header lacks."""
        missing = sorted(set(columns).difference(self.header))
        if missing:
            raise WrongFile(f"{self._path.name}: no column {', '.join(missing)}")

    def rows(self) -> Iterator[tuple[int, Row]]:
        """The line at which each usable row ends, and the row."""
        for cells in self._cells():
            self._outcome.read += 1
            line = self._reader.line_num
            if len(cells) != len(self.header):
                self._outcome.skip(line, "not as many cells as columns")
            elif any("\0" in cell for cell in cells):
                self._outcome.skip(line, "a NUL character")
            else:
                yield line, dict(zip(self.header, cells, strict=True))
        self._tell()

    def _cells(self) -> Iterator[list[str]]:
        try:
            for cells in self._reader:
                self._tell()
                if cells:
                    yield cells
        except (UnicodeDecodeError, csv.Error) as error:
            line = self._reader.line_num + 1
            raise WrongFile(f"{self._path.name}: line {line}: {error}") from error

    def _tell(self) -> None:
        position = self._raw.tell()
        if position != self._told:
            self._progress(position - self._told)
            self._told = position
