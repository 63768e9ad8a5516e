"""``import_orders``: a shop's customers and orders into a business."""

from pathlib import Path
from typing import Final

from customers.management.imports import ImportCommand
from customers.models import Business
from customers.registries import northwind, online_retail
from customers.registries.source import Outcome, Progress

LAYOUTS: Final = {
    "northwind": northwind.import_orders,
    "online_retail": online_retail.import_orders,
}


class Command(ImportCommand):
    help = "Customers and orders of a shop, updated when they are there already."
    kinds = ("layout", LAYOUTS)
    metavar = "PATH"

    def read(
        self, path: Path, kind: str, *, business: Business, progress: Progress
    ) -> Outcome:
        return LAYOUTS[kind](path, business=business, progress=progress)
