"""``create_business``: a new tenant."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from customers import audit
from customers.actors import system
from customers.models import Business


class Command(BaseCommand):
    help = "A new business; an error when its id is taken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", metavar="ID", help="1 to 64 of a-z, 0-9, '_', '-'")
        parser.add_argument("--name", help="the id when left out")
        parser.add_argument("--time-zone", default="UTC", help="an IANA name; UTC")
        parser.add_argument("--currency", default="EUR", help="ISO 4217; EUR")

    def handle(self, **options: Any) -> None:
        business = Business(
            id=options["id"],
            name=options["name"] or options["id"],
            time_zone=options["time_zone"],
            currency=options["currency"],
        )
        try:
            business.full_clean()
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        with transaction.atomic():
            business.save(force_insert=True)
            audit.record(
                "business.create",
                actor=system("create_business"),
                business_id=business.pk,
                object_type="business",
                object_id=business.pk,
            )
        self.stdout.write(business.pk)
