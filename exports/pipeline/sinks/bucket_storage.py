"""Files in a bucket: in parts until they are whole, then read back and proved."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from hashlib import file_digest
from io import SEEK_CUR, SEEK_END, BufferedReader, RawIOBase
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from exports.errors import FileDamaged, Unavailable
from exports.pipeline.sinks.buckets import (
    Account,
    BucketFault,
    Upload,
    abandon,
    connect,
    faults,
    unfinished,
)
from exports.pipeline.sinks.storage import PART, Storage, away

_SECONDS: Final = 20.0
_TRIES: Final = 3
_BUFFER: Final = 1 << 18


class BucketStorage:
    """Objects of one bucket whose names begin with ``prefix``."""

    def __init__(self, client: Any, *, bucket: str, prefix: str = "") -> None:
        """:param prefix: empty, or ending in a slash."""
        self._client, self._bucket, self._prefix = client, bucket, prefix

    @contextmanager
    def writing(self, key: str) -> Iterator["BucketPart"]:
        """A part of a file; unless it was published, nothing of it stays."""
        upload = Upload(self._client, bucket=self._bucket, key=self._prefix + key)
        try:
            yield BucketPart(self, key, upload)
        finally:
            upload.discard()

    def open(self, key: str) -> BufferedReader:
        """:raises FileDamaged: there is no such file.

        :raises Unavailable: the storage itself cannot be read.
        """
        head = self._head(key)
        if head is None:
            raise FileDamaged("the stored file is gone")
        place = {"Bucket": self._bucket, "Key": self._prefix + key}
        # What is read later is what was there now, or nothing.
        place["IfMatch"] = head["ETag"]
        raw = _Object(self._client, place, size=int(head["ContentLength"]))
        return BufferedReader(raw, _BUFFER)

    def size(self, key: str) -> int | None:
        """Bytes of the stored file; None when there is none.

        :raises Unavailable: the storage itself cannot be read.
        """
        head = self._head(key)
        return None if head is None else int(head["ContentLength"])

    def sizes(self) -> Callable[[str], int | None]:
        """All of them at once: to ask for each would take a minute for a thousand.

        :raises Unavailable: the storage itself cannot be read.
        """
        return {
            each["Key"].removeprefix(self._prefix): int(each["Size"])
            for each in self._listed()
        }.get

    def answers(self) -> bool:
        try:
            self._must_be_there()
        except Unavailable:
            return False
        return True

    def delete(self, key: str) -> None:
        """Gone, whether or not it was there; an upload, when it is a part.

        :raises Unavailable: the storage itself cannot be reached.
        """
        name = self._prefix + key
        with _reached():
            if key.endswith(PART):
                whole = name.removesuffix(PART)
                abandon(self._client, bucket=self._bucket, key=whole)
            else:
                with faults():
                    self._client.delete_object(Bucket=self._bucket, Key=name)

    def prune(self, *, before: float) -> None:
        """A bucket has no folders."""

    def stale(self, *, before: float) -> Iterator[str]:
        """Keys of all files, and of uploads as parts, older than a POSIX time.

        :raises Unavailable: the storage itself cannot be read.
        """
        then = datetime.fromtimestamp(before, UTC)
        for each in self._listed():
            if each["LastModified"] < then:
                yield each["Key"].removeprefix(self._prefix)
        with _reached():
            found = unfinished(self._client, bucket=self._bucket, prefix=self._prefix)
            for each in found:
                if each["Initiated"] < then:
                    yield each["Key"].removeprefix(self._prefix) + PART

    def _listed(self) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("list_objects_v2")
        with _reached(), faults():
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                yield from page.get("Contents", [])

    def _head(self, key: str) -> dict[str, Any] | None:
        name = self._prefix + key
        try:
            with faults():
                head: dict[str, Any] = self._client.head_object(
                    Bucket=self._bucket, Key=name
                )
        except BucketFault as fault:
            if not fault.is_absent:
                raise away() from fault
            # A bucket that is away answers so too, and loses no file by it.
            self._must_be_there()
            return None
        return head

    def _must_be_there(self) -> None:
        with _reached(), faults():
            self._client.head_bucket(Bucket=self._bucket)


@contextmanager
def _reached() -> Iterator[None]:
    """:raises Unavailable: in place of any fault."""
    try:
        yield
    except BucketFault as fault:
        raise away() from fault


class BucketPart:
    """An unpublished file: parts of an upload, which nobody can read."""

    def __init__(self, storage: BucketStorage, key: str, upload: Upload) -> None:
        self._storage, self._key, self._upload = storage, key, upload

    def write(self, chunks: Iterable[bytes]) -> None:
        """:raises Unavailable: the storage has not taken it."""
        with _reached():
            self._upload.write(chunks)

    def publish(self, *, sha256: str) -> None:
        """Under its own name, at once and whole; nobody is told of it yet.

        :raises FileDamaged: what the bucket gives back is not what was written.
        :raises Unavailable: it may be there or not; a sweep finds it.
        """
        with _reached():
            self._upload.complete()
        with self._storage.open(self._key) as stored:
            if file_digest(stored, "sha256").hexdigest() == sha256:
                return
        with suppress(Unavailable):
            self._storage.delete(self._key)
        raise FileDamaged("the file was not stored as it was written")


class _Object(RawIOBase):
    """An object as a file: read from where it was last sought to."""

    def __init__(self, client: Any, place: dict[str, str], *, size: int) -> None:
        super().__init__()
        self._client, self._place, self._size = client, place, size
        self._at = 0
        self._stream: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        start = {SEEK_CUR: self._at, SEEK_END: self._size}.get(whence, 0)
        if start + offset != self._at:
            self._let_go()
        self._at = start + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        """:raises Unavailable: the storage broke off, or has another object now."""
        if self._at >= self._size:
            return 0
        with _reached(), faults():
            if self._stream is None:
                found = self._client.get_object(
                    **self._place, Range=f"bytes={self._at}-"
                )
                self._stream = found["Body"]
            data: bytes = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _let_go(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def close(self) -> None:
        self._let_go()
        super().close()


@cache
def bucket(url: str) -> Storage:
    """Of ``s3://bucket/prefix?region=...&endpoint=...``.

    Who may use it is told by the environment, or by the machine, as Amazon's own
    programs read it: no credentials are in the URL.
    """
    parts = urlsplit(url)
    told = parse_qs(parts.query)
    account = Account(
        region=told.get("region", ["us-east-1"])[0],
        endpoint=told.get("endpoint", [None])[0],
    )
    prefix = parts.path.strip("/")
    try:
        client = connect(account, seconds=_SECONDS, tries=_TRIES)
    except BucketFault as fault:
        raise Unavailable(f"the storage of files cannot be used: {fault}") from fault
    return BucketStorage(
        client, bucket=parts.netloc, prefix=f"{prefix}/" if prefix else ""
    )
