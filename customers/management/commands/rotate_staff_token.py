"""``rotate_staff_token``: the same token under a new text, shown once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers import keys
from customers.actors import system
from customers.models import StaffToken


class Command(BaseCommand):
    help = "Another text for a staff token: the old one is void at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help="the 12 characters after kybstaff_")

    def handle(self, **options: Any) -> None:
        """:raises CommandError: there is no such token, or it has ended."""
        now = timezone.now()
        token = StaffToken.objects.live(now).filter(prefix=options["prefix"]).first()
        if token is None:
            message = f"there is no live staff token with prefix {options['prefix']}"
            raise CommandError(message)
        actor = system("rotate_staff_token")
        token, text = keys.rotate_token(token, actor=actor, now=now)
        self.stdout.write(f"{token.name}: the text with {options['prefix']} is void")
        self.stdout.write(text)
