"""Draw the states of a job into the documentation, or check that they are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser

from exports.management.written import add_check, settle
from exports.states import FINAL, TRANSITIONS, JobStatus

PATH: Final = Path("docs/states.md")
_HEAD: Final = """\
# The states of a job

Drawn from `exports/states.py` by `manage.py statemachine`. Every move is a
compare-and-set on status and fence, and leaves one audit event. What becomes of a file
after its job completed is the file's own state; the job stays as it is.
"""
# Why each move happens; a move without a reason is drawn without one.
_REASONS: Final = {
    (JobStatus.PENDING, JobStatus.PROCESSING): "claimed",
    (JobStatus.PENDING, JobStatus.CANCELLED): "cancelled while it waits",
    (JobStatus.PENDING, JobStatus.FAILED): "nobody waits for it any more",
    (JobStatus.PROCESSING, JobStatus.PENDING): "lease over, attempts left",
    (JobStatus.PROCESSING, JobStatus.COMPLETED): "file published",
    (JobStatus.PROCESSING, JobStatus.FAILED): "error, or no attempt left",
    (JobStatus.PROCESSING, JobStatus.CANCELLED): "heard that it is not wanted",
}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        add_check(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: with ``--check``, when the file is not up to date."""
        del args
        settle(PATH, drawing(), check=options["check"], by="statemachine")
        self.stdout.write(f"{PATH}: {len(TRANSITIONS)} states")


def drawing() -> str:
    """The page, with the diagram in Mermaid."""
    moves = "\n".join(f"    {line}" for line in _moves())
    return f"{_HEAD}\n```mermaid\nstateDiagram-v2\n{moves}\n```\n"


def _moves() -> Iterator[str]:
    yield f"[*] --> {JobStatus.PENDING}"
    for before in JobStatus:
        # In the order of their declaration: a set has none.
        for after in (each for each in JobStatus if each in TRANSITIONS[before]):
            reason = _REASONS.get((before, after))
            yield f"{before} --> {after}" + (f": {reason}" if reason else "")
    for status in (each for each in JobStatus if each in FINAL):
        yield f"{status} --> [*]"
