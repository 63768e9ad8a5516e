"""The app that keeps saved specs and says when to run them."""

from django.apps import AppConfig


class TemplatesAppConfig(AppConfig):
    name = "templates_app"
    verbose_name = "templates"
    default_auto_field = "django.db.models.BigAutoField"
