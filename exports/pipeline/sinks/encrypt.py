"""What a password does to a file: the format's own encryption, or an encrypted ZIP.

A format that cannot be encrypted as it streams is built first, in a scratch file that
has no name.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO, Final

from exports.pipeline.registry import Table

ZIP: Final = "zip"
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Method:
    """:ivar inside: of the format itself; its programs ask for the password."""

    name: str
    algorithm: str
    inside: bool

    def as_json(self) -> dict[str, str]:
        return {"method": self.name, "algorithm": self.algorithm}


# By what a renderer names as its encryption.
METHODS: Final[dict[str, Method]] = {
    ZIP: Method("WinZip AE-2", "AES-256", inside=False),
    "agile": Method("ECMA-376 agile", "AES-256", inside=True),
    "pdf": Method("PDF revision 6", "AES-256", inside=True),
}
ENCRYPTORS: Final[Table[Callable[[Iterable[bytes], str], Iterator[bytes]]]] = Table(
    "encryption",
    {
        "agile": "exports.pipeline.sinks.agile.encrypt",
        "pdf": "exports.pipeline.sinks.encrypt_pdf.encrypt",
    },
)


@contextmanager
def spooled(chunks: Iterable[bytes]) -> Iterator[BinaryIO]:
    """All of it, read from its start; gone afterwards, even after a kill."""
    with TemporaryFile() as file:
        for chunk in chunks:
            file.write(chunk)
        file.seek(0)
        yield file


def pieces(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
