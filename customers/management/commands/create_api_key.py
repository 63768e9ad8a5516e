"""``create_api_key``: a key for one business or several, shown once."""

from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers import keys
from customers.actors import SCOPES, system
from customers.management.arguments import a_business, add_expiry, in_the_future

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
        parser.add_argument(
            "--scopes",
            default=DEFAULT_SCOPES,
            help=f"a comma between; of {', '.join(SCOPES)}; {DEFAULT_SCOPES} when left"
            " out",
        )
        parser.add_argument("--name", default="command line", help="for people")
        parser.add_argument(
            "--network",
            action="append",
            default=[],
            dest="networks",
            metavar="CIDR",
            help="where it may be used from; anywhere when left out",
        )
        add_expiry(parser)

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
                expires_at=in_the_future(options["expires"]),
                networks=options["networks"],
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        owners = ", ".join(business.pk for business in businesses)
        self.stdout.write(f"{key.name}: {owners} ({', '.join(key.scopes)})")
        self.stdout.write(text)
