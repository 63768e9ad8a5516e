"""What commands read to prove a file by its manifest: texts, and the public keys."""

from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from exports import signing
from exports.signing import NotProved


def add_keys(parser: CommandParser) -> None:
    parser.add_argument(
        "--keys",
        type=Path,
        help="the answer of GET /v1/export/keys; else this installation's own keys",
    )


def keys_of(path: Path | None) -> list[dict[str, str]]:
    """:param path: None: this installation's own.

    :raises CommandError: they cannot be read.
    """
    try:
        return signing.read_keys(text_of(path)) if path else signing.public_keys()
    except NotProved as error:
        raise CommandError(f"keys: {error}") from error


def text_of(path: Path) -> str:
    """:raises CommandError: it cannot be read."""
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
