"""What an answer says, without what is every answer's own."""

import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_OWN: Final = {
    *("x-request-id", "date", "content-length", "server", "connection"),
    *("x-ratelimit-remaining", "x-ratelimit-reset", "retry-after"),
}
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:\+00:00|Z)")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def everything(self) -> Iterator[bytes]:
        """All that it holds, unpacked too."""
        yield repr(sorted(self.headers.items())).encode()
        yield self.body
        if self.body[:2] == b"\x1f\x8b":
            yield gzip.decompress(self.body)
        if self.body[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(self.body)) as archive:
                for name in archive.namelist():
                    yield name.encode()
                    yield archive.read(name)

    def said(self, ids: Sequence[str]) -> tuple[Any, ...]:
        """Status, headers and body, but for request id, time, counts, echoed ids."""
        headers = {
            name.lower(): _without(value, ids)
            for name, value in self.headers.items()
            if name.lower() not in _OWN
        }
        return self.status, headers, _without(self._text(), ids)

    def _text(self) -> str:
        text = self.body.decode(errors="replace")
        try:
            told = json.loads(text)
        except ValueError:
            return text
        if isinstance(told, dict):
            told = {name: told[name] for name in told if name not in _EACH}
        return json.dumps(told)


_EACH: Final = frozenset({"request_id", "timestamp", "instance", "retryAfter"})


def _without(text: str, ids: Sequence[str]) -> str:
    for each in ids:
        text = text.replace(each, "<id>")
    return _MOMENT.sub("<moment>", text)
