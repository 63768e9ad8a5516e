"""Print the XML Schema that a dataset's XML files keep to."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exports.pipeline.columns import OutColumn
from exports.pipeline.datasets import DATASETS
from exports.pipeline.renderers.xml_schema import schema


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--type", required=True, choices=list(DATASETS))
        parser.add_argument("--columns", nargs="*", help="default: all, in their order")
        parser.add_argument("--root", default="export", help="as the option root")
        parser.add_argument("--row", default="row", help="as the option row")

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: the dataset has no such column."""
        del args
        by_name = DATASETS[options["type"]].by_name
        names = options["columns"] or list(by_name)
        missing = [name for name in names if name not in by_name]
        if missing:
            raise CommandError(f"{options['type']} has no {', '.join(missing)}")
        columns = [
            OutColumn(name, name, by_name[name].type, by_name[name].scale)
            for name in names
        ]
        text = schema(columns, root=options["root"], row=options["row"]).decode()
        self.stdout.write(text)
