"""How an import is asked for and shows itself on a terminal."""

from argparse import ArgumentParser
from collections.abc import Collection
from pathlib import Path
from typing import Any, ClassVar, Final, NoReturn

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from tqdm import tqdm

from customers.management.arguments import a_business
from customers.models import Business
from customers.registries.source import Outcome, Progress, WrongFile

_SHOWN: Final = 10


class ImportCommand(BaseCommand):
    """A file, or a folder of them, into a business.

    :cvar kinds: the option that says what it is, and what it may be.
    """

    kinds: ClassVar[tuple[str, Collection[str]]]
    metavar: ClassVar[str]

    def read(
        self, path: Path, kind: str, *, business: Business, progress: Progress
    ) -> Outcome:
        """:raises WrongFile: with nothing written."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        option, choices = self.kinds
        parser.add_argument("path", type=Path, metavar=self.metavar)
        parser.add_argument(
            f"--{option}",
            required=True,
            choices=sorted(choices),
            help="what it is; docs/data.md says what each looks like",
        )
        parser.add_argument(
            "--business", required=True, metavar="ID", help="whose they become"
        )

    def handle(self, **options: Any) -> None:
        """:raises CommandError: the file is none of the kind."""
        business, path = a_business(options["business"]), options["path"]
        kind = options[self.kinds[0]]
        try:
            with file_bar(path) as bar:
                outcome = self.read(path, kind, business=business, progress=bar.update)
        except WrongFile as error:
            raise CommandError(str(error)) from error
        tell(outcome, self.stdout, self.stderr)


def file_bar(path: Path) -> "tqdm[NoReturn]":
    """A bar on stderr over the bytes of a file, or of a folder's CSV files."""
    files = path.glob("*.csv") if path.is_dir() else [path]
    total = sum(file.stat().st_size for file in files if file.exists())
    return tqdm(total=total, unit="B", unit_scale=True, desc=path.name, disable=None)


def tell(outcome: Outcome, stdout: OutputWrapper, stderr: OutputWrapper) -> None:
    """What was written, and why which lines were not."""
    written = (f"{count} {kind}" for kind, count in outcome.written.items() if count)
    stdout.write(f"{outcome.read} rows read; {', '.join(written) or 'nothing'} written")
    for reason, count in outcome.reasons.most_common():
        lines = [str(at.line) for at in outcome.skipped if at.reason == reason]
        more = ", ..." if count > _SHOWN else ""
        stderr.write(
            f"{count} skipped: {reason} (lines {', '.join(lines[:_SHOWN])}{more})"
        )
