"""``verify_export``: whether a file is the one that its manifest was signed for."""

from hashlib import file_digest
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exports import signing
from exports.management.proofs import add_keys, keys_of, text_of
from exports.signing import NotProved


class Command(BaseCommand):
    help = (
        "Whether a file is the one that its manifest was signed for: exits with 0; or"
        " with 1, and says what is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the exported file")
        parser.add_argument("manifest", type=Path, help="its manifest")
        add_keys(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: with all that is wrong."""
        del args
        manifest = _manifest(options["manifest"])
        wrong = [
            *_forged(manifest, options["keys"]),
            *_changed(options["file"], manifest),
        ]
        if wrong:
            raise CommandError("\n".join(wrong))
        key_id = manifest["signature"]["key_id"]
        self.stdout.write(
            f"{manifest['export_id']}: unchanged since it was signed with {key_id}"
        )


def _manifest(path: Path) -> dict[str, Any]:
    try:
        return signing.read_document(text_of(path))
    except NotProved as error:
        raise CommandError(f"manifest: {error}") from error


def _forged(manifest: dict[str, Any], keys: Path | None) -> list[str]:
    known = keys_of(keys)
    try:
        signing.verify(manifest, keys=known)
    except NotProved as error:
        return [f"signature: {error}"]
    return []


def _changed(path: Path, manifest: dict[str, Any]) -> list[str]:
    try:
        with path.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    wrong = []
    if size != manifest.get("byte_size"):
        wrong.append(f"size: {size} bytes, not {manifest.get('byte_size')}")
    if found != manifest.get("sha256"):
        wrong.append(f"sha256: {found}, not {manifest.get('sha256')}")
    return wrong
