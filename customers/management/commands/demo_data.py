"""``demo_data``: made-up rows of every kind, the same for the same arguments."""

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from customers.demo.make import Amounts, make
from customers.demo.rows import Values
from customers.management.arguments import a_business

UNTIL: Final = date(2025, 1, 1)


class Command(BaseCommand):
    help = (
        "Verifications, reports, audit logs, accounts, customers, over the business's"
        " companies (made-up ones when it has none). Again with the same arguments:"
        " the same rows."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--business", required=True, metavar="ID", help="whose they become"
        )
        parser.add_argument(
            "--companies", type=int, default=1000, help="at most; 1000 when left out"
        )
        parser.add_argument(
            "--verifications", type=int, default=10_000, help="10000 when left out"
        )
        parser.add_argument(
            "--seed", type=int, default=1, help="another one gives other rows"
        )
        parser.add_argument(
            "--until",
            type=date.fromisoformat,
            default=UNTIL,
            metavar="YYYY-MM-DD",
            help="every row is of the two years before this day; 2025-01-01 when left"
            " out",
        )

    def handle(self, **options: Any) -> None:
        amounts = Amounts(options["companies"], options["verifications"])
        if amounts.companies < 1 or amounts.verifications < 0:
            raise CommandError("--companies is 1 or more, --verifications 0 or more")
        companies = make(
            a_business(options["business"]),
            amounts=amounts,
            seed=options["seed"],
            until=options["until"],
            watch=_bar,
        )
        self.stdout.write(
            f"{amounts.verifications} verifications, {companies} companies"
        )


def _bar(table: str, rows: Iterable[Values], count: int) -> Iterable[Values]:
    return tqdm(rows, total=count, desc=table, unit=" rows", disable=None)
