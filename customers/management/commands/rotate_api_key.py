"""``rotate_api_key``: the same key under a new text, shown once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers import keys
from customers.actors import system
from customers.models import ApiKey


class Command(BaseCommand):
    help = "Another text for an API key: the old one is void at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help="the 12 characters after kyb_")

    def handle(self, **options: Any) -> None:
        """:raises CommandError: there is no such key, or it has ended."""
        now = timezone.now()
        key = ApiKey.objects.live(now).filter(prefix=options["prefix"]).first()
        if key is None:
            message = f"there is no live API key with prefix {options['prefix']}"
            raise CommandError(message)
        key, text = keys.rotate(key, actor=system("rotate_api_key"), now=now)
        self.stdout.write(f"{key.name}: the text with {options['prefix']} is void")
        self.stdout.write(text)
