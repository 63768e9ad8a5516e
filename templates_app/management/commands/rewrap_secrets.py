"""Wraps every kept secret anew, under the first of SECRETS_KEYS."""

from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from customers import audit
from customers.actors import system
from exports.models import Destination, ExportJob, Webhook
from exports.rewrapping import rewrap
from templates_app.models import Schedule

KEPT: Final = (
    ("webhook", Webhook, "wrapped_secret"),
    ("webhook", Webhook, "wrapped_old_secret"),
    ("destination", Destination, "wrapped_credentials"),
    ("schedule", Schedule, "wrapped_password"),
    ("job", ExportJob, "wrapped_password"),
)


class Command(BaseCommand):
    help = __doc__

    def handle(self, **_: Any) -> None:
        """:raises CommandError: some can no longer be read; all others are done."""
        lost: list[str] = []
        with transaction.atomic():
            for what, model, column in KEPT:
                done = rewrap(model.objects.all(), column)
                lost += [f"{what} {key}" for key in done.lost]
                self.stdout.write(
                    f"{model._meta.db_table}.{column}:"
                    f" {done.kept} kept, {done.renewed} wrapped anew"
                )
            audit.record(
                "secrets.rewrapped",
                actor=system("rewrap_secrets"),
                business_id=None,
                outcome="failed" if lost else "ok",
                details={"lost": lost},
            )
        if lost:
            raise CommandError(f"no key opens the secret of {', '.join(lost)}")
