"""Where files lie: written aside, proved, then published whole under their own name.

A reader of the storage sees a whole file or none. Whoever publishes has read the bytes
back from the disk and hashed them.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from exports.errors import FileDamaged, Unavailable
from exports.pipeline.registry import Table

PART: Final = ".part"


class Unpublished(Protocol):
    """A file that nobody reads yet."""

    def write(self, chunks: Iterable[bytes]) -> None: ...

    def publish(self, *, sha256: str) -> None:
        """:raises FileDamaged: what is stored is not what was written."""


class Storage(Protocol):
    """Where files lie; keys are relative paths that this service made.

    All but ``answers`` raise Unavailable when the storage itself is away, which loses
    nothing.
    """

    def writing(self, key: str) -> AbstractContextManager[Unpublished]: ...

    def open(self, key: str) -> BufferedReader:
        """:raises FileDamaged: there is no such file."""

    def size(self, key: str) -> int | None: ...

    def sizes(self) -> Callable[[str], int | None]:
        """``size``, of files that were there when this was called."""

    def answers(self) -> bool: ...

    def delete(self, key: str) -> None: ...

    def prune(self, *, before: float) -> None: ...

    def stale(self, *, before: float) -> Iterator[str]: ...


@dataclass(frozen=True, slots=True)
class LocalStorage:
    """Files below ``root``; keys are relative paths that this service made."""

    root: Path

    @contextmanager
    def writing(self, key: str) -> Iterator["Part"]:
        """A part of a file; unless it was published, nothing of it stays."""
        part = Part(self.root / key)
        try:
            yield part
        finally:
            part.discard()

    def open(self, key: str) -> BufferedReader:
        """:raises FileDamaged: there is no such file.

        :raises Unavailable: the storage itself cannot be read.
        """
        try:
            return (self.root / key).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            self._must_be_there()
            raise FileDamaged("the stored file is gone") from error
        except OSError as error:
            raise away() from error

    def size(self, key: str) -> int | None:
        """Bytes of the stored file; None when there is none.

        :raises Unavailable: the storage itself cannot be read.
        """
        try:
            return (self.root / key).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            self._must_be_there()
            return None
        except OSError as error:
            raise away() from error

    def sizes(self) -> Callable[[str], int | None]:
        return self.size

    def answers(self) -> bool:
        return self.root.is_dir()

    def _must_be_there(self) -> None:
        """A file is not lost because the disk it is on is not mounted."""
        if not self.root.is_dir():
            raise away()

    def delete(self, key: str) -> None:
        """Gone, whether or not it was there; its folder goes with ``prune``."""
        (self.root / key).unlink(missing_ok=True)

    def prune(self, *, before: float) -> None:
        """Remove empty folders last changed before a POSIX time."""
        for folder, _, _ in os.walk(self.root, topdown=False):
            path = Path(folder)
            with suppress(OSError):
                if path != self.root and path.stat().st_mtime < before:
                    path.rmdir()

    def stale(self, *, before: float) -> Iterator[str]:
        """Keys of all files, parts too, last changed before a POSIX time."""
        # Files and folders may go while they are looked for: rglob would raise.
        for folder, _, names in os.walk(self.root):
            for path in (Path(folder, name) for name in names):
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime < before:
                        yield path.relative_to(self.root).as_posix()


def away() -> Unavailable:
    return Unavailable("the storage of files is away: try again in a while")


class Part:
    """An unpublished file beside the place it will have."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = target.with_name(target.name + PART)
        target.parent.mkdir(parents=True, exist_ok=True)

    def write(self, chunks: Iterable[bytes]) -> None:
        with self._path.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())

    def publish(self, *, sha256: str) -> None:
        """Under its own name, at once and whole.

        :raises FileDamaged: what the disk gives back is not what was written.
        """
        with self._path.open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != sha256:
                raise FileDamaged("the file was not stored as it was written")
        self._path.rename(self._target)
        folder = os.open(self._target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def discard(self) -> None:
        # Its folder stays: another attempt may be about to write there.
        self._path.unlink(missing_ok=True)


@cache
def local(url: str) -> LocalStorage:
    """Of ``file:///folder``, which is made when it is not there."""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc:
        raise ImproperlyConfigured("EXPORT_STORAGE_URL must be file:///folder")
    root = Path(unquote(parts.path))
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStorage(root)


STORAGES: Final[Table[Callable[[str], Storage]]] = Table(
    "storage",
    {
        "file": "exports.pipeline.sinks.storage.local",
        "s3": "exports.pipeline.sinks.bucket_storage.bucket",
    },
)


def open_storage() -> Storage:
    """The storage that ``EXPORT_STORAGE_URL`` names.

    :raises ImproperlyConfigured: it is of a kind that this release does not know.
    """
    url = settings.EXPORT_STORAGE_URL
    scheme = urlsplit(url).scheme
    if scheme not in STORAGES:
        raise ImproperlyConfigured(
            f"EXPORT_STORAGE_URL must begin with {':// or '.join(STORAGES)}://"
        )
    return STORAGES[scheme](url)
