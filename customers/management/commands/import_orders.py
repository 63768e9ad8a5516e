"""``import_orders``: a shop's customers and orders into a business."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from customers.management.arguments import a_business
from customers.management.imports import file_bar, tell
from customers.registries import northwind, online_retail
from customers.registries.source import WrongFile

LAYOUTS: Final = {
    "northwind": northwind.import_orders,
    "online_retail": online_retail.import_orders,
}


class Command(BaseCommand):
    help = "Customers and orders of a shop, updated when they are there already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH")
        parser.add_argument("--layout", required=True, choices=sorted(LAYOUTS))
        parser.add_argument("--business", required=True, metavar="ID")

    def handle(self, **options: Any) -> None:
        business = a_business(options["business"])
        path = options["path"]
        try:
            with file_bar(path) as bar:
                layout = LAYOUTS[options["layout"]]
                outcome = layout(path, business=business, progress=bar.update)
        except WrongFile as error:
            raise CommandError(str(error)) from error
        tell(outcome, self.stdout, self.stderr)
