"""Size and sha256 of the bytes that pass, and the end of those that grow too large."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from exports.errors import SizeExceeded


@dataclass(slots=True)
class Receipt:
    """:ivar limit: bytes at most; None for no bound.

    :ivar way_out: what may be done besides, when they are too many.
    """

    limit: int | None = None
    way_out: str = ""
    size: int = 0
    _digest: Any = field(default_factory=sha256)

    @property
    def sha256(self) -> str:
        return str(self._digest.hexdigest())

    def passing(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """:raises SizeExceeded: before the chunk that goes beyond the limit."""
        for chunk in chunks:
            if self.limit is not None and self.size + len(chunk) > self.limit:
                raise SizeExceeded(
                    f"the file is larger than {self.limit} bytes (over"
                    f" {self.size + len(chunk)} so far): narrow the filters or"
                    f" set max_rows{self.way_out}"
                )
            self.size += len(chunk)
            self._digest.update(chunk)
            yield chunk
