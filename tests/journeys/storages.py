"""Where an installation keeps its files, as a test sees and harms it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.services.s3 import S3


class Storage(Protocol):
    def names(self) -> list[str]:
        """Of all that it holds, parts of files too."""

    def read(self, name: str) -> bytes: ...

    def write(self, name: str, content: bytes) -> None: ...

    def remove(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Folder:
    path: Path

    def names(self) -> list[str]:
        return sorted(
            path.relative_to(self.path).as_posix()
            for path in self.path.rglob("*")
            if path.is_file()
        )

    def read(self, name: str) -> bytes:
        return (self.path / name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        (self.path / name).write_bytes(content)

    def remove(self, name: str) -> None:
        (self.path / name).unlink()


@dataclass(frozen=True, slots=True)
class Bucket:
    """:ivar prefix: of all names, with its slash."""

    server: S3
    bucket: str
    prefix: str

    def names(self) -> list[str]:
        held = [*self.server.objects(self.bucket), *self.server.unfinished(self.bucket)]
        assert all(name.startswith(self.prefix) for name in held)
        return sorted(name.removeprefix(self.prefix) for name in held)

    def read(self, name: str) -> bytes:
        return self.server.objects(self.bucket)[self.prefix + name]

    def write(self, name: str, content: bytes) -> None:
        place = {"Bucket": self.bucket, "Key": self.prefix + name}
        self.server.client.put_object(**place, Body=content)

    def remove(self, name: str) -> None:
        self.server.client.delete_object(Bucket=self.bucket, Key=self.prefix + name)
