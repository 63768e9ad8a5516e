"""``import_companies``: a company register's file into a business."""

from pathlib import Path

from django.utils import timezone

from customers.management.imports import ImportCommand
from customers.models import Business
from customers.registries.companies import REGISTERS, import_companies
from customers.registries.source import Outcome, Progress


class Command(ImportCommand):
    help = "Companies of a public register, updated when they are there already."
    kinds = ("register", REGISTERS)
    metavar = "FILE"

    def read(
        self, path: Path, kind: str, *, business: Business, progress: Progress
    ) -> Outcome:
        now = timezone.now()
        return import_companies(
            path, register=kind, business=business, now=now, progress=progress
        )
