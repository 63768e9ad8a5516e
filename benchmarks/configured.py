"""Sets Django up: to be imported before anything that imports a model."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kyb_export.settings")
django.setup()
