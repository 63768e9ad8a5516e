"""Export into a file from the shell, with a progress bar; recorded and audited."""

import os
from getpass import getpass
from pathlib import Path
from typing import Any, Final

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from customers.actors import system
from exports import jobs, runs
from exports.errors import ExportError
from exports.models import ExportFile, ExportJob, Mode
from exports.pipeline.payloads import check_payload
from exports.pipeline.sinks.storage import LocalStorage

PASSWORD: Final = "EXPORT_FILE_PASSWORD"  # noqa: S105 - the variable, not a value


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--business", required=True, help="id of the business")
        parser.add_argument("--type", help="the dataset, such as verifications")
        parser.add_argument("--format", help="csv, excel, pdf, ...")
        parser.add_argument(
            "--spec", type=Path, help="a JSON or YAML file: other fields"
        )
        parser.add_argument("--out", type=Path, required=True, help="file to write")
        parser.add_argument(
            "--password-prompt",
            action="store_true",
            help=f"ask for a password of the file; or set {PASSWORD}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: what an HTTP caller would have been told."""
        del args
        try:
            job = jobs.request_export(
                _payload(options),
                actor=system("manage.py export"),
                now=timezone.now(),
                mode=Mode.COMMAND,
            )
            _write(job, options["out"])
        except ExportError as error:
            lines = [detail["message"] for detail in error.details]
            raise CommandError("\n".join(lines or [error.message])) from error
        file = ExportFile.objects.get(job=job)
        self.stdout.write(
            f"{file.row_count} rows ({file.completeness}), {file.size} bytes,"
            f" sha256 {file.sha256}, {job.export_id}"
        )


class _Texts(yaml.SafeLoader):
    """Dates and times stay texts, as they are in JSON."""


_Texts.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _payload(options: dict[str, Any]) -> dict[str, Any]:
    named = {
        "business_id": options["business"],
        "export_type": options["type"],
        "format": options["format"],
    }
    given = {name: value for name, value in named.items() if value is not None}
    password = _password(asked_for=options["password_prompt"])
    if password is not None:
        given["password"] = password
    return _spec(options["spec"]) | given


def _password(*, asked_for: bool) -> str | None:
    """Never an argument: those of a process are seen by all others.

    :raises CommandError: it was not typed twice alike.
    """
    if not asked_for:
        return os.environ.get(PASSWORD) or None
    password = getpass("Password of the file: ")
    if getpass("Again: ") != password:
        raise CommandError("the two passwords differ")
    return password


def _spec(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        # Every JSON document is YAML too.
        spec = yaml.load(path.read_text(), _Texts)  # noqa: S506 - a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CommandError(f"--spec {path} cannot be read: {error}") from error
    check_payload(spec)
    if not isinstance(spec, dict):
        raise CommandError(f"--spec {path} must hold an object")
    return spec


def _write(job: ExportJob, out: Path) -> None:
    """Whole or not at all: the file takes its name once it is complete."""
    storage = LocalStorage(out.resolve().parent)
    with (
        tqdm(unit=" rows", unit_scale=True, disable=None, leave=False) as bar,
        storage.writing(out.name) as part,
    ):

        def follow(rows: int, expected: int) -> None:
            bar.total = expected
            bar.update(rows - bar.n)

        part.write(runs.stream(job, worker="command", follow=follow))
        file = ExportFile.objects.get(job=job)
        part.publish(sha256=file.sha256)
