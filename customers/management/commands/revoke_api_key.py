"""``revoke_api_key``: a key is void from now on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers import keys
from customers.actors import system
from customers.models import ApiKey


class Command(BaseCommand):
    help = "Revoke an API key, at once and for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help="the 12 characters after kyb_")

    def handle(self, **options: Any) -> None:
        """:raises CommandError: there is no such key."""
        key = ApiKey.objects.filter(prefix=options["prefix"]).first()
        if key is None:
            raise CommandError(f"there is no API key with prefix {options['prefix']}")
        keys.revoke(key, actor=system("revoke_api_key"), now=timezone.now())
        self.stdout.write(f"{key.name} ({key.prefix}) is revoked")
