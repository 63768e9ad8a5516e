"""The entry of the web server."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kyb_export.settings")

application = get_wsgi_application()
# Else the first request of each process waits for what all of them need.
import_module(settings.ROOT_URLCONF)
# What is loaded stays: to look through it again and again for garbage stopped all
# requests of the process for a tenth of a second each time.
gc.freeze()
