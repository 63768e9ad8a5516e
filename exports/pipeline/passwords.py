"""Which passwords may protect a file, and how a good one is made."""

import secrets
import unicodedata
from functools import cache
from typing import Final

from django.contrib.auth.password_validation import CommonPasswordValidator

from exports.pipeline.problems import Problems

MAX_BYTES: Final = 99
"""7-Zip takes no longer one for a ZIP; a PDF reader only looks at 127."""
_DIFFERENT: Final = 4
# None that is taken for another when it is read out or copied by hand.
_MARKS: Final = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_GROUPS, _IN_GROUP = 4, 5


def check(password: str, problems: Problems) -> None:
    """Note in ``problems`` what is wrong with it, and nothing of what it is."""
    if wrong := _wrong(password):
        problems.add("password", wrong)


def _wrong(password: str) -> str:
    if len(password.encode()) > MAX_BYTES:
        return f"must have {MAX_BYTES} bytes of UTF-8 at most"
    if not password.isprintable():
        return "must not hold control characters"
    # A reader that writes it in another form would not open the file.
    if unicodedata.normalize("NFKC", password) != password:
        return "holds characters that programs write in different ways"
    if len(set(password)) < _DIFFERENT:
        return f"must have {_DIFFERENT} different characters at least"
    if password.lower() in _common():
        return "is among the commonest passwords"
    return ""


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def generate() -> str:
    """One of 115 bits, in groups."""
    groups = (
        "".join(secrets.choice(_MARKS) for _ in range(_IN_GROUP))
        for _ in range(_GROUPS)
    )
    return "-".join(groups)
