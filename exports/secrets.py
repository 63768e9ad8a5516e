"""Secrets at rest: wrapped under SECRETS_KEYS, and of use for one purpose alone."""

from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from exports.errors import ExportError


def wrap(text: str, *, purpose: str) -> str:
    """By the first of the keys.

    :param purpose: what it is for; it opens for the same one only.
    """
    return _keys().encrypt(f"{purpose}\n{text}".encode()).decode()


def unwrap(wrapped: str, *, purpose: str) -> str:
    """:raises ExportError: no key of this installation opens it for this."""
    try:
        kept, _, text = _keys().decrypt(wrapped.encode()).decode().partition("\n")
    except InvalidToken:
        kept, text = "", ""
    if kept != purpose:
        raise ExportError("a kept secret can no longer be read: give it again")
    return text


def rewrapped(wrapped: str) -> str | None:
    """The same under the first of the keys; None: it is so already.

    :raises ExportError: no key of this installation opens it.
    """
    try:
        _loaded((settings.SECRETS_KEYS[0],)).decrypt(wrapped.encode())
    except InvalidToken:
        pass
    else:
        return None
    try:
        return _keys().rotate(wrapped.encode()).decode()
    except InvalidToken as error:
        raise ExportError("a kept secret can no longer be read") from error


def _keys() -> MultiFernet:
    return _loaded(tuple(settings.SECRETS_KEYS))


@cache
def _loaded(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
