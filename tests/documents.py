"""Reading the project's documents: sections, tables, examples."""

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
Cells = list[str]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def read(name: str) -> str:
    return (DOCS / name).read_text()


def missing(names: set[str], text: str) -> list[str]:
    """Those that do not stand in it as code."""
    told = set(re.findall(r"[\w.-]+", " ".join(re.findall(r"`([^`\n]+)`", text))))
    return sorted(names - told)


def section(text: str, heading: str) -> str:
    """From a heading to the next one that is no deeper."""
    depth = heading.index(" ")
    found = re.search(
        rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{depth}}} |\Z)",
        text,
        re.MULTILINE | re.DOTALL,
    )
    assert found, f"no heading {heading}"
    return found[1]


def rows(text: str) -> list[Cells]:
    """The cells of its tables, heads left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    heads = {at - 1 for at, row in enumerate(cells) if set("".join(row)) == {"-"}}
    return [
        [cell.strip() for cell in row]
        for at, row in enumerate(cells)
        if at not in heads and at - 1 not in heads
    ]


def first_names(text: str) -> list[str]:
    """What stands as code in the first column of its tables."""
    return [name for row in rows(text) for name in re.findall(r"`([^`]+)`", row[0])]


def blocks(language: str) -> list[tuple[str, str]]:
    return [
        (named(path), block)
        for path in DOCUMENTS
        for block in re.findall(
            rf"^```{language}\n(.*?)^```", path.read_text(), re.MULTILINE | re.DOTALL
        )
    ]


def requests() -> list[dict[str, object]]:
    """The bodies of all requests that a document shows."""
    bodies = []
    for _, block in blocks("sh"):
        words = shlex.split(block.replace("\\\n", " "), comments=True)
        bodies += [json.loads(body) for flag, body in pairwise(words) if flag == "-d"]
    return bodies
