"""Celery, and the reaper that beats in every worker's parent."""

import gc
import logging
import os
from logging.config import dictConfig
from socket import gethostname
from threading import Event, RLock, Thread
from typing import Any, Final

from celery import Celery, bootsteps, signals
from django.conf import settings
from django.db import connections
from django.utils import timezone
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kyb_export.settings")

app = Celery("kyb_export")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
TRANSPORT_ALIASES["filesystem"] = "kyb_export.folder_broker:Transport"
logger = logging.getLogger(__name__)
looking: Final = RLock()
"""Held while the parent has a connection: it must not be forked over one.

A child that inherits SQLite's belief in locks that only its parent holds takes what
another has taken; one that closes PostgreSQL's ends its parent's.
"""
os.register_at_fork(
    before=looking.acquire,
    after_in_parent=looking.release,
    after_in_child=looking.release,
)


@signals.setup_logging.connect
def set_up_logging(**_: Any) -> None:
    """Celery's only way to be kept from handlers and formats of its own."""
    dictConfig(settings.LOGGING)


@signals.worker_init.connect
def keep_what_is_loaded(**_: Any) -> None:
    """Children share it with their parent as long as no look for garbage marks it."""
    gc.freeze()


class Reaper(bootsteps.StartStopStep):
    """Takes up what killed workers dropped, as long as any worker's parent lives."""

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self._stopped = Event()

    def start(self, parent: Any) -> None:
        del parent
        Thread(target=self._run, name="reaper", daemon=True).start()

    def stop(self, parent: Any) -> None:
        del parent
        self._stopped.set()

    def _run(self) -> None:
        # Models are ready only once the app has been set up.
        from exports import claims  # noqa: PLC0415 -- see above
        from exports.conf import knob  # noqa: PLC0415 -- see above
        from exports.models import Worker  # noqa: PLC0415 -- see above

        name = f"{gethostname()}:{os.getpid()}"
        while not self._stopped.wait(knob("REAP_SECONDS")):
            with looking:
                try:
                    Worker.objects.note(name)
                    claims.reap(now=timezone.now())
                except Exception:
                    # Nobody would start this thread again.
                    logger.exception("the reaper could not look")
                finally:
                    connections.close_all()


app.steps["worker"].add(Reaper)
