"""The wiring: settings, URLs, Celery, the shape of errors."""

from kyb_export.celery import app as celery_app

__all__ = ["celery_app"]
