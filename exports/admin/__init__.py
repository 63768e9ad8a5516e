"""Exports in the admin: what was asked for, how far it is; and who is told of it."""

from django.apps import apps
from django.contrib import admin

from exports.admin import destinations, jobs, webhooks, workers

__all__ = ["destinations", "jobs", "webhooks", "workers"]

# The settings name what fills it: ``exports.admin.dashboard.shown``.
admin.site.index_template = "exports/admin/dashboard.html"

# The beat's tasks are fixed: whoever changes them here stops files from expiring.
for model in apps.get_app_config("django_celery_beat").get_models():
    if admin.site.is_registered(model):
        admin.site.unregister(model)
