"""The app that turns a spec into a stored, audited, delivered file."""

from importlib import import_module

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "exports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("exports.checks")  # registers them
