"""Element names out of labels and keys that may be no names."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from xml.sax.saxutils import quoteattr

# Letters that are name characters in every edition of XML 1.0: parsers still differ.
LETTERS: Final = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0391-\u03a1\u03a3-\u03ce"
    "\u0410-\u044f\u05d0-\u05ea\u0621-\u063a\u0641-\u064a\u3041-\u3094\u30a1-\u30fa"
    "\u4e00-\u9fa5\uac00-\ud7a3"
)
NO_NAME_CHAR: Final = re.compile(rf"[^{LETTERS}0-9.-]")
# Names that begin with xml are reserved.
NAME: Final = re.compile(rf"(?![Xx][Mm][Ll])[{LETTERS}][{LETTERS}0-9.-]*")
BREAKS: Final = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}


def is_name(text: str) -> bool:
    return NAME.fullmatch(text) is not None


def nearest_name(text: str) -> str:
    name = NO_NAME_CHAR.sub("_", text)
    return name if is_name(name) else f"_{name}"


def unique_names(labels: Iterable[str]) -> list[str]:
    """A name for each label; those that are names keep them."""
    labels = list(labels)
    kept = {label for label in labels if is_name(label)}
    taken = set(kept)
    names = []
    for label in labels:
        name = label if label in kept else _free(nearest_name(label), taken)
        kept.discard(label)
        taken.add(name)
        names.append(name)
    return names


def _free(name: str, taken: set[str]) -> str:
    numbered, number = name, 1
    while numbered in taken:
        number += 1
        numbered = f"{name}_{number}"
    return numbered


def attribute(name: str, text: str) -> str:
    return f" {name}={quoteattr(text, BREAKS)}"


@lru_cache(maxsize=4096)
def key_tag(key: str) -> tuple[str, str]:
    """The name of a key's element, and the attribute that keeps a key that is none."""
    if is_name(key):
        return key, ""
    return nearest_name(key), attribute("name", key)
