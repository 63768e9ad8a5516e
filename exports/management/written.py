"""Pages of the repository that a command writes, or checks to be as it would."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError, CommandParser


def add_check(parser: CommandParser) -> None:
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit with 1 when what is written is not up to date",
    )


def settle(page: Path, text: str, *, check: bool, by: str) -> None:
    """:param by: the name of the command.

    :raises CommandError: with ``check``, when the page is not up to date.
    """
    path = settings.BASE_DIR / page
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    elif not path.exists() or path.read_text() != text:
        raise CommandError(f"{page} is not up to date: run manage.py {by}")
