"""Credentials of this service, found in text that is not the place for them."""

import re
from collections.abc import Mapping
from typing import Any, Final

_CREDENTIAL: Final = re.compile(
    r"(kyb(?:staff)?_[a-z0-9]{12})_[A-Za-z0-9_-]+|(whsec)_[A-Za-z0-9+/=]{8,}"
)
"""A key or token, or the head of one that was cut; the prefix alone is public.

Or the secret of a webhook.
"""
_NAMED: Final = re.compile(
    r"\b(signature|sessionid|csrftoken|csrfmiddlewaretoken|password)="
    r"[^\s&;,\"'<>\\]+",
    re.IGNORECASE,
)
_SCHEME: Final = re.compile(r"\b(Bearer|Basic) +[\w.~+/=-]{16,}", re.IGNORECASE)


def holds_credential(text: str) -> bool:
    return _CREDENTIAL.search(text) is not None


def redacted(value: Any) -> Any:
    """The value, and whatever it holds, without the secret part of each credential."""
    if isinstance(value, str):
        return _CREDENTIAL.sub(r"\1\2_***", value)
    if isinstance(value, Mapping):
        return {redacted(name): redacted(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value]
    return value


def redacted_line(text: str) -> str:
    """Of a log: also what its place in a query, a cookie or a header tells apart.

    No mark that JSON gives a meaning is taken away.
    """
    shown = _CREDENTIAL.sub(r"\1\2_***", text)
    return _SCHEME.sub(r"\1 ***", _NAMED.sub(r"\1=***", shown))
