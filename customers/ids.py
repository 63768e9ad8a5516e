"""Public identifiers: a UUIDv7 as a prefix and 26 Crockford base-32 characters."""

from typing import Final
from uuid import UUID

import uuid_utils.compat

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): ordered by the millisecond in which it was made."""
    return uuid_utils.compat.uuid7()


def show(prefix: str, value: UUID) -> str:
    """``show("exp", uuid)`` is ``exp_`` and 26 characters, most significant first."""
    number = value.int
    symbols = []
    for _ in range(26):
        number, digit = divmod(number, 32)
        symbols.append(ALPHABET[digit])
    return f"{prefix}_{''.join(reversed(symbols))}"


def read(prefix: str, text: str) -> UUID | None:
    """The UUID behind a shown id; None when it is no id of that prefix."""
    head, separator, body = text.partition("_")
    if (head, separator, len(body)) != (prefix, "_", 26):
        return None
    number = 0
    for symbol in body:
        if symbol not in _VALUES:
            return None
        number = number * 32 + _VALUES[symbol]
    return UUID(int=number) if number < 1 << 128 else None
