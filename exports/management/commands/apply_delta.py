"""``apply_delta``: a full export with the changes after it is the full one of later."""

import json
import os
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exports import signing
from exports.deltas.apply import Exported, Unfit, apply
from exports.management.proofs import add_keys, keys_of, text_of
from exports.signing import NotProved

MANIFEST: Final = ".manifest.json"


class Command(BaseCommand):
    help = (
        "Puts a full export and the files of changes after it together: what comes out"
        " is the full export of the last of them. Exits with 0; or with 1, and no file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        beside = f"; its manifest lies beside it, as FILE{MANIFEST}"
        parser.add_argument(
            "--full", type=Path, required=True, help=f"the full export{beside}"
        )
        parser.add_argument(
            "--delta",
            type=Path,
            action="append",
            required=True,
            help=f"the changes after it, each in its turn{beside}",
        )
        parser.add_argument("--out", type=Path, required=True, help="file to write")
        add_keys(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: with what is wrong; there is no file then."""
        del args
        keys = keys_of(options["keys"])
        full, *deltas = (
            _exported(path, keys) for path in (options["full"], *options["delta"])
        )
        counts = _write(full, deltas, options["out"])
        _lay_beside(options["out"], full, deltas, rows=counts["rows"])
        self.stdout.write(
            f"{counts['rows']} rows: {counts['upserts']} put in,"
            f" {counts['tombstones']} taken out"
        )


def _write(full: Exported, deltas: list[Exported], out: Path) -> dict[str, int]:
    """Whole, or not at all."""
    part = out.with_name(f"{out.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            counts = apply(full, deltas, out=file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except (OSError, Unfit) as error:
        raise CommandError(str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return counts


def _lay_beside(
    out: Path, full: Exported, deltas: list[Exported], *, rows: int
) -> None:
    """What it was put together of, so that further changes can be applied to it."""
    with out.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    applied = [each for file in (full, *deltas) for each in file.manifests]
    told = {"applied": applied, "sha256": digest, "row_count": rows}
    _beside(out).write_text(json.dumps(told, indent=1) + "\n")


def _exported(path: Path, keys: list[dict[str, str]]) -> Exported:
    beside = _beside(path)
    try:
        document = signing.read_document(text_of(beside))
        applied = document.get("applied")
        for manifest in applied or [document]:
            signing.verify(manifest, keys=keys)
    except NotProved as error:
        raise CommandError(f"{beside}: {error}") from error
    if applied is None:
        return Exported.of(path, document)
    return Exported(path, tuple(applied), document["sha256"], document["row_count"])


def _beside(path: Path) -> Path:
    return path.with_name(path.name + MANIFEST)
