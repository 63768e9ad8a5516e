"""``create_api_key``: a key for one business or several, shown once."""

from argparse import ArgumentParser, ArgumentTypeError
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers import keys
from customers.actors import system
from customers.management.arguments import a_business

DEFAULT_SCOPES: Final = "exports:write,exports:read"


class Command(BaseCommand):
    help = "A new API key. Its text is the last line, alone, and is not kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--business",
            action="append",
            required=True,
            dest="businesses",
            metavar="ID",
            help="may be given several times",
        )
        parser.add_argument("--scopes", default=DEFAULT_SCOPES, help="a comma between")
        parser.add_argument("--name", default="command line")
        parser.add_argument(
            "--network",
            action="append",
            default=[],
            dest="networks",
            metavar="CIDR",
            help="where it may be used from; anywhere when left out",
        )
        parser.add_argument(
            "--expires",
            metavar="TIME",
            type=_moment,
            help="until when: ISO 8601 with offset; for ever when left out",
        )

    def handle(self, **options: Any) -> None:
        businesses = [a_business(name) for name in dict.fromkeys(options["businesses"])]
        scopes = [scope.strip() for scope in options["scopes"].split(",")]
        try:
            key, text = keys.issue(
                options["name"],
                businesses=businesses,
                scopes=scopes,
                actor=system("create_api_key"),
                now=timezone.now(),
                expires_at=_future(options["expires"]),
                networks=options["networks"],
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        owners = ", ".join(business.pk for business in businesses)
        self.stdout.write(f"{key.name}: {owners} ({', '.join(key.scopes)})")
        self.stdout.write(text)


def _moment(text: str) -> datetime:
    """:raises ArgumentTypeError: as argparse wants it."""
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment
    raise ArgumentTypeError(f"'{text}' is no date and time with an offset")


def _future(moment: datetime | None) -> datetime | None:
    """:raises ValueError: it is over already."""
    if moment is not None and moment <= timezone.now():
        raise ValueError("--expires must be in the future")
    return moment
