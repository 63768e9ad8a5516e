"""``import_companies``: a company register's file into a business."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.management.arguments import a_business
from customers.management.imports import file_bar, tell
from customers.registries.companies import REGISTERS, import_companies
from customers.registries.source import WrongFile


class Command(BaseCommand):
    help = "Companies of a public register, updated when they are there already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE")
        parser.add_argument("--register", required=True, choices=sorted(REGISTERS))
        parser.add_argument("--business", required=True, metavar="ID")

    def handle(self, **options: Any) -> None:
        business = a_business(options["business"])
        path = options["path"]
        try:
            with file_bar(path) as bar:
                outcome = import_companies(
                    path,
                    register=options["register"],
                    business=business,
                    now=timezone.now(),
                    progress=bar.update,
                )
        except WrongFile as error:
            raise CommandError(str(error)) from error
        tell(outcome, self.stdout, self.stderr)
