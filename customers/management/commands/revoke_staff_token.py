"""``revoke_staff_token``: a staff token is void from now on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers import keys
from customers.actors import system
from customers.models import StaffToken


class Command(BaseCommand):
    help = "Revoke a staff token, at once and for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help="the 12 characters after kybstaff_")

    def handle(self, **options: Any) -> None:
        """:raises CommandError: there is no such token."""
        token = StaffToken.objects.filter(prefix=options["prefix"]).first()
        if token is None:
            message = f"there is no staff token with prefix {options['prefix']}"
            raise CommandError(message)
        keys.revoke(token, actor=system("revoke_staff_token"), now=timezone.now())
        self.stdout.write(f"{token.name} ({token.prefix}) is revoked")
