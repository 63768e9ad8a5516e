"""From an empty database to exported files of every format, over HTTP."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from exports.errors import ExportError
from exports.management.demo import data
from exports.management.demo.client import Client
from exports.management.demo.readers import COUNTERS, PAGES
from exports.management.demo.service import running
from exports.pipeline.renderers import RENDERERS


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port",
            type=int,
            default=settings.PORT,
            help="of the web server; PORT, or 8000, when left out",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: something did not come out as it must."""
        del args
        call_command("migrate", interactive=False, verbosity=0)
        data.prepare(self._say, now=timezone.now())
        folder = Path(settings.VAR_DIR) / "demo"
        key, password = data.api_key(folder), data.staff_password(folder)
        try:
            with running(options["port"]) as base:
                client = Client(base, key)
                rows = [self._export(client, name, folder) for name in RENDERERS]
        except (ExportError, OSError) as error:
            raise CommandError(str(error)) from error
        self._table(rows)
        self._say(
            f"\nThe service is stopped; 'make serve' keeps it up on {base}\n"
            f"Admin: {base}/admin/ - user demo, password {password}\n"
            f"API:   {base}/v1/docs/ - key {key}"
        )

    def _export(self, client: Client, name: str, folder: Path) -> list[str]:
        spec = {
            "business_id": data.MAIN,
            "export_type": "verifications",
            "format": name,
            "sort_by": ["-created_at"],
        }
        with tqdm(desc=f"{name:8}", unit=" rows", leave=False, disable=None) as bar:

            def watch(job: dict[str, Any]) -> None:
                bar.total = job["rows_expected"]
                bar.update(job["rows_written"] - bar.n)

            job = client.export(spec, watch=watch)
        result = job["result"]
        path = folder / f"verifications.{RENDERERS[name].extension}"
        client.download(result, path)
        _check(name, path, result["row_count"])
        seconds = int(result["processing_time"].removesuffix("ms")) / 1000
        return [
            *(name, str(result["row_count"]), str(result["file_size"])),
            *(f"{seconds:.2f}", result["sha256"], str(path)),
        ]

    def _table(self, rows: list[list[str]]) -> None:
        titles = ["format", "rows", "bytes", "seconds", "sha256", "path"]
        widths = [max(map(len, cells)) for cells in zip(titles, *rows, strict=True)]
        for cells in (titles, *rows):
            line = zip(cells, widths, strict=True)
            self._say("  ".join(cell.ljust(width) for cell, width in line).rstrip())

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _check(name: str, path: Path, rows: int) -> None:
    """:raises ExportError: a reader that did not write the file finds another count."""
    found = COUNTERS[name](path) if name in COUNTERS else rows
    if found != rows or (name not in COUNTERS and not PAGES(path)):
        raise ExportError(f"{path} holds {found} rows and should hold {rows}")
