"""``create_staff_token``: a member of staff's token, shown once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers import keys
from customers.actors import system
from customers.management.arguments import add_expiry, in_the_future
from customers.models import User


class Command(BaseCommand):
    help = "A new staff token. Its text is the last line, alone, and is not kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="whose it is: what it may do is theirs")
        parser.add_argument("--name", default="command line", help="for people")
        add_expiry(parser)

    def handle(self, **options: Any) -> None:
        """:raises CommandError: nobody could use it."""
        token, text = keys.issue_token(
            options["name"],
            user=_a_member_of_staff(options["username"]),
            actor=system("create_staff_token"),
            now=timezone.now(),
            expires_at=in_the_future(options["expires"]),
        )
        self.stdout.write(f"{token.name}: {token.user.get_username()}")
        self.stdout.write(text)


def _a_member_of_staff(username: str) -> User:
    """:raises CommandError: there is none of this name whom a token would serve."""
    user = User.objects.filter(username=username, is_staff=True, is_active=True).first()
    if user is None:
        raise CommandError(f"there is no active member of staff '{username}'")
    return user
