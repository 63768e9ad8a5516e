"""The calls that the documents show: what is sent with curl, and what came back."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from requests import PreparedRequest, Request, Response

from tests.documents import DOCUMENTS, named

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_BASE = re.compile(r"^\$BASE|^http://127\.0\.0\.1:8000")


@dataclass(frozen=True, slots=True)
class Call:
    """:ivar path: with its query."""

    document: str
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None

    def __str__(self) -> str:
        return f"{self.document}: {self.method} {self.path}"

    def prepared(self) -> PreparedRequest:
        return Request(self.method, urljoin("http://127.0.0.1", self.path)).prepare()


def calls() -> list[Call]:
    return [call for path in DOCUMENTS for call, _ in _shown(path)]


def answered() -> list[tuple[Call, str]]:
    """Those whose answer stands right below, with it."""
    return [
        (call, answer) for path in DOCUMENTS for call, answer in _shown(path) if answer
    ]


def refusals() -> list[str]:
    """Answers that stand alone."""
    return [
        text
        for path in DOCUMENTS
        for before, (kind, text) in _with_the_one_before(path)
        if kind == "http" and before != "sh"
    ]


def answer_of(text: str) -> Response:
    head, _, body = text.partition("\n\n")
    status, *lines = head.splitlines()
    answer = Response()
    answer.status_code = int(status.split()[1])
    answer.headers.update(line.split(": ", 1) for line in lines)
    answer._content = body.encode()  # noqa: SLF001 -- there is no other way to make one
    return answer


def _with_the_one_before(path: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    kind = ""
    for block in _BLOCK.findall(path.read_text()):
        yield kind, block
        kind = block[0]


def _shown(path: Path) -> Iterator[tuple[Call, str]]:
    found = _BLOCK.findall(path.read_text())
    for at, (kind, text) in enumerate(found):
        if kind != "sh":
            continue
        made = list(_calls(named(path), text))
        below = found[at + 1 : at + 2]
        has_answer = len(made) == 1 and below and below[0][0] == "http"
        for call in made:
            yield call, below[0][1] if has_answer else ""


def _calls(document: str, text: str) -> Iterator[Call]:
    for line in text.replace("\\\n", " ").splitlines(keepends=False):
        if line.startswith("curl"):
            # A body may go on over lines.
            rest = text.replace("\\\n", " ").partition(line)[2]
            yield _call(document, _words(line, rest))


def _words(line: str, rest: str) -> list[str]:
    """Of the command, read on until its quotes are closed."""
    more = rest.splitlines()[1:]
    while True:
        try:
            return shlex.split(line)
        except ValueError:
            line += "\n" + more.pop(0)


def _call(document: str, words: list[str]) -> Call:
    given: dict[str, list[str]] = {"-X": ["GET"], "-H": [], "-d": []}
    [address] = [word for word in words if _BASE.match(word)]
    for flag, value in pairwise(words):
        given.get(flag, []).append(value)
    return Call(
        document,
        given["-X"][-1],
        _BASE.sub("", address),
        dict(header.split(": ", 1) for header in given["-H"]),
        json.loads(given["-d"][0]) if given["-d"] else None,
    )
