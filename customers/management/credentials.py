"""What is done to a credential from a shell, by the prefix of its text."""

from argparse import ArgumentParser
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers import keys
from customers.actors import system
from customers.models import ApiKey, StaffToken


class CredentialCommand(BaseCommand):
    """:cvar noun: what it is called; :cvar head: what its text begins with."""

    model: ClassVar[type[ApiKey] | type[StaffToken]]
    noun: ClassVar[str]
    head: ClassVar[str]
    name: ClassVar[str]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help=f"the 12 characters after {self.head}_")


class RevokeCommand(CredentialCommand):
    def handle(self, **options: Any) -> None:
        """:raises CommandError: there is none of this prefix."""
        prefix = options["prefix"]
        row = self.model._base_manager.filter(prefix=prefix).first()
        if row is None:
            raise CommandError(f"there is no {self.noun} with prefix {prefix}")
        keys.revoke(row, actor=system(self.name), now=timezone.now())
        self.stdout.write(f"{row.name} ({row.prefix}) is revoked")


class RotateCommand(CredentialCommand):
    def handle(self, **options: Any) -> None:
        """:raises CommandError: there is none of this prefix, or it has ended."""
        prefix, now = options["prefix"], timezone.now()
        row = self.model.objects.live(now).filter(prefix=prefix).first()
        if row is None:
            raise CommandError(f"there is no live {self.noun} with prefix {prefix}")
        text = keys.rotate(row, actor=system(self.name), now=now)
        self.stdout.write(f"{row.name}: the text with {prefix} is void")
        self.stdout.write(text)
