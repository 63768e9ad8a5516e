"""How an import shows itself on a terminal."""

from pathlib import Path
from typing import Final, NoReturn

from django.core.management.base import OutputWrapper
from tqdm import tqdm

from customers.registries.source import Outcome

_SHOWN: Final = 10


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
