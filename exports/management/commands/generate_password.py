"""Print a password that is good enough to protect an export."""

from typing import Any

from django.core.management.base import BaseCommand

from exports.pipeline import passwords


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        del args, options
        self.stdout.write(passwords.generate())
